using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Akka.Actor;

namespace RetainActors.Hostile.Tests.Types;

/// <summary>The sample of docs/cluster.md: remoting that is closed to who has no certificate.</summary>
public sealed class MutualTlsSpecs
{
    [Fact(DisplayName = "With the sample of docs/cluster.md a peer without a certificate should be refused, and one in plain TCP, and one with a certificate be heard")]
    public async Task Certificates()
    {
        using var temp = new TempDirectory();
        using var certificate = Make(temp.File("node.pfx"));
        var strict = Sample().Replace("/etc/retain/node.pfx", temp.File("node.pfx"), StringComparison.Ordinal)
            .Replace("from where you keep secrets", "secret", StringComparison.Ordinal);
        // No store of this machine knows the authority of a test, so that nodes who check it hear nobody.
        var sample = strict.Replace("suppress-validation = false", "suppress-validation = true", StringComparison.Ordinal);
        Assert.NotEqual(strict, sample);
        var node = Remote.Start(sample);
        var peers = new List<ActorSystem>();
        try
        {
            var got = new TaskCompletionSource<object>();
            var inbox = node.ActorOf(Props.Create(() => new Keeper(got)), "inbox");
            Assert.True(await IsRefusedAsync(node, null), "a client without a certificate was served");
            Assert.False(await IsRefusedAsync(node, certificate), "a client with a certificate was not served");
            peers.Add(Remote.Start(strict));
            Assert.True(await IsRefusedAsync(peers[0], certificate), "a client with a certificate of an unknown authority was served");

            peers.Add(Remote.Start(""));
            peers[1].ActorSelection(Remote.PathOf(node, inbox).Replace("akka.ssl.tcp", "akka.tcp", StringComparison.Ordinal)).Tell("plain");
            peers.Add(Remote.Start(sample));
            peers[2].ActorSelection(Remote.PathOf(node, inbox)).Tell("with a certificate");
            Assert.Equal("with a certificate", await got.Task.WaitAsync(TimeSpan.FromSeconds(60)));
        }
        finally
        {
            await Task.WhenAll(peers.Append(node).Select(system => system.Terminate()));
        }
    }

    /// <summary>Whether the node ends the connection of a client: with TLS 1.3 only after the client has seen its part of the handshake succeed.</summary>
    private static async Task<bool> IsRefusedAsync(ActorSystem node, X509Certificate2? certificate)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, ((ExtendedActorSystem)node).Provider.DefaultAddress.Port!.Value);
        await using var tls = new SslStream(connection.GetStream(), leaveInnerStreamOpen: false, (_, server, _, _) => server?.Subject == "CN=node");
        try
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "node", ClientCertificates = certificate is null ? null : [certificate] });
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            // A node that takes the connection waits for the first frame, silently.
            return await tls.ReadAsync(new byte[1], patience.Token) == 0;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            return true;
        }
    }

    private static X509Certificate2 Make(string path)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=node", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllBytes(path, made.Export(X509ContentType.Pfx, "secret"));
        return X509CertificateLoader.LoadPkcs12FromFile(path, "secret");
    }

    private static string Sample()
    {
        var page = File.ReadAllText(Repository.File("docs", "cluster.md"));
        var start = page.IndexOf("```hocon", page.IndexOf("## Mutual TLS", StringComparison.Ordinal), StringComparison.Ordinal) + "```hocon".Length;
        return page[start..page.IndexOf("```", start, StringComparison.Ordinal)];
    }
}
