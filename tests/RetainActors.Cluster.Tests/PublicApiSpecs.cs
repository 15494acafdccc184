namespace RetainActors.Cluster.Tests;

public sealed class PublicApiSpecs
{
    [Fact(DisplayName = "The public API should change only with its approved file")]
    public void Public_api() => Approval.VerifyPublicApi(
        typeof(RetainCluster).Assembly, Repository.File("tests", "RetainActors.Cluster.Tests", "Approved", "RetainActors.Cluster.txt"));
}
