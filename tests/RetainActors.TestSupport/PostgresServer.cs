using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace RetainActors.TestSupport;

/// <summary>
/// A PostgreSQL for tests: the one named by <c>RETAIN_TEST_POSTGRES</c> (a connection string of a user who may create
/// databases), else a throw-away one made from the installed server binaries, durable settings on, on a free port of 127.0.0.1.
/// </summary>
public sealed class PostgresServer : IDisposable
{
    private const string Variable = "RETAIN_TEST_POSTGRES";

    /// <summary>The server refuses to run as root; this is the account that its packages make.</summary>
    private const string ServerUser = "postgres";

    private readonly TempDirectory? _directory;
    private readonly int _port;

    private PostgresServer(string connectionString) => ConnectionString = connectionString;

    private PostgresServer(TempDirectory directory, int port)
        : this($"Host=127.0.0.1;Port={port};Username=retain;Database=postgres")
    {
        (_directory, _port) = (directory, port);
        if (Environment.IsPrivilegedProcess) Run("chown", ServerUser, directory.Path);
        RunAsServer("initdb", "-D", Data, "-A", "trust", "-U", "retain", "--no-locale", "-E", "UTF8");
        Start();
    }

    /// <summary>Connects to a database that is always there.</summary>
    public string ConnectionString { get; }

    /// <summary>Whether this server may be killed and started again.</summary>
    public bool IsPrivate => _directory is not null;

    private string Data => _directory!.File("data");

    /// <summary>Process id of the server's first process.</summary>
    private int ProcessId => int.Parse(File.ReadLines(Path.Combine(Data, "postmaster.pid")).First(), CultureInfo.InvariantCulture);

    /// <summary>The server, or a visible skip that says what is missing.</summary>
    public static PostgresServer Require()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } connectionString) return new PostgresServer(connectionString);
        Requires.Linux();
        Requires.That(FindBinaries() is not null, $"needs PostgreSQL: set {Variable} to a connection string, or install the server (postgresql)");
        if (Environment.IsPrivilegedProcess) Requires.Tool("setpriv");
        return new PostgresServer(new TempDirectory(), FreePort());
    }

    /// <summary>Starts the private server, after a kill too, and returns once it answers.</summary>
    /// <param name="overrides">Settings above the durable ones, such as <c>-c fsync=off</c>.</param>
    public void Start(string overrides = "")
    {
        var options = $"-p {_port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=on -c full_page_writes=on -c synchronous_commit=on {overrides}";
        RunAsServer("pg_ctl", "-D", Data, "-w", "-t", "60", "-l", _directory!.File("log"), "-o", options, "start");
    }

    /// <summary>Ends the private server without letting it finish anything: <c>pg_ctl stop -m immediate</c>.</summary>
    public void StopAtOnce() => RunAsServer("pg_ctl", "-D", Data, "-w", "-t", "60", "-m", "immediate", "stop");

    /// <summary>Kills every process of the private server with SIGKILL.</summary>
    public void Kill()
    {
        var root = ProcessId;
        foreach (var id in Output("ps", "-o", "pid=", "--ppid", $"{root}").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Prepend($"{root}"))
            KillOne(int.Parse(id, CultureInfo.InvariantCulture));
    }

    public void Dispose()
    {
        if (_directory is null) return;
        if (File.Exists(Path.Combine(Data, "postmaster.pid"))) StopAtOnce();
        _directory.Dispose();
    }

    private static void KillOne(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
            process.WaitForExit(TimeSpan.FromSeconds(20));
        }
        catch (ArgumentException)
        {
            // It ended with its parent.
        }
    }

    private static string? FindBinaries() =>
        (Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql") : [])
            .OrderDescending(StringComparer.Ordinal).Select(version => Path.Combine(version, "bin"))
            .FirstOrDefault(bin => File.Exists(Path.Combine(bin, "initdb")) && File.Exists(Path.Combine(bin, "postgres")));

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static void RunAsServer(string program, params string[] arguments)
    {
        var path = Path.Combine(FindBinaries()!, program);
        if (!Environment.IsPrivilegedProcess) Run(path, arguments);
        else Run("setpriv", ["--reuid", ServerUser, "--regid", ServerUser, "--clear-groups", path, .. arguments]);
    }

    private static void Run(string program, params string[] arguments) => Output(program, arguments);

    /// <summary>Both streams go to a file: a server that stays would keep a pipe open.</summary>
    private static string Output(string program, params string[] arguments)
    {
        using var output = new TempDirectory();
        var log = output.File("output");
        var start = new ProcessStartInfo("sh", ["-c", "out=$1; shift; exec \"$@\" >\"$out\" 2>&1", "sh", log, program, .. arguments])
        {
            WorkingDirectory = "/",
        };
        using var process = Process.Start(start)!;
        process.WaitForExit();
        var text = File.ReadAllText(log);
        return process.ExitCode == 0
            ? text
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {text}");
    }
}
