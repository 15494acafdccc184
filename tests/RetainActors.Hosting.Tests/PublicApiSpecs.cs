namespace RetainActors.Hosting.Tests;

public sealed class PublicApiSpecs
{
    [Fact(DisplayName = "The public API should be the approved one")]
    public void Is_approved() => Approval.VerifyPublicApi(
        typeof(CheckpointRegion).Assembly,
        Repository.File("tests", "RetainActors.Hosting.Tests", "Approved", "RetainActors.Hosting.txt"));
}
