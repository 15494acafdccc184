namespace RetainActors.Tests;

public sealed class PublicApiSpecs
{
    [Fact(DisplayName = "The public API should change only with its approved file")]
    public void Public_api() => Approval.VerifyPublicApi(
        typeof(RetainCheckpoints).Assembly, Repository.File("tests", "RetainActors.Tests", "Approved", "RetainActors.txt"));
}
