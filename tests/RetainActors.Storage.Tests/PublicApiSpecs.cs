namespace RetainActors.Storage.Tests;

public class PublicApiSpecs
{
    [Fact(DisplayName = "The public API should be the approved one")]
    public void Approved() => Approval.VerifyPublicApi(
        typeof(FileLog).Assembly, Repository.File("tests", "RetainActors.Storage.Tests", "PublicApi.approved.txt"));
}
