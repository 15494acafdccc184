namespace RetainActors.Testing.Tests;

public sealed class PublicApiSpecs
{
    [Fact(DisplayName = "The public API of the test kit should change only with its approved file")]
    public void Public_api() => Approval.VerifyPublicApi(
        typeof(FaultyJournal).Assembly, Repository.File("tests", "RetainActors.TestKit.Tests", "Approved", "RetainActors.TestKit.txt"));
}
