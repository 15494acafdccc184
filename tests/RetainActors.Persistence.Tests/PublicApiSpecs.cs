namespace RetainActors.Persistence.Tests;

public sealed class PublicApiSpecs
{
    [Fact(DisplayName = "The public API should be the approved one")]
    public void Is_approved() => Approval.VerifyPublicApi(
        typeof(FileJournal).Assembly,
        Repository.File("tests", "RetainActors.Persistence.Tests", "Approved", "RetainActors.Persistence.txt"));
}
