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
    private readonly string _address = "127.0.0.1";

    /// <summary>The program that starts it, with its arguments.</summary>
    private readonly string[] _launcher = [];

    private PostgresServer(string connectionString) => ConnectionString = connectionString;

    private PostgresServer(TempDirectory directory, int port, string address, IEnumerable<string> launcher)
        : this($"Host={address};Port={port};Username=retain;Database=postgres")
    {
        (_directory, _port, _address, _launcher) = (directory, port, address, [.. launcher]);
        if (Environment.IsPrivilegedProcess) Run("chown", ServerUser, directory.Path);
        RunAsServer("initdb", "-D", Data, "-A", "trust", "-U", "retain", "--no-locale", "-E", "UTF8");
        // It takes 127.0.0.1 only; nodes of a test may have other addresses of the loopback device.
        File.AppendAllText(Path.Combine(Data, "pg_hba.conf"), "host all all 127.0.0.0/8 trust\n");
        Start();
    }

    /// <summary>Connects to a database that is always there.</summary>
    public string ConnectionString { get; }

    /// <summary>The same for processes of this machine in other networks: by a socket of the file system.</summary>
    public string SocketConnectionString => $"Host={_directory!.Path};Port={_port};Username=retain;Database=postgres";

    /// <summary>Whether this server may be killed and started again.</summary>
    public bool IsPrivate => _directory is not null;

    private string Data => _directory!.File("data");

    /// <summary>Process id of the server's first process.</summary>
    private int ProcessId => int.Parse(File.ReadLines(Path.Combine(Data, "postmaster.pid")).First(), CultureInfo.InvariantCulture);

    /// <summary>The server, or a visible skip that says what is missing.</summary>
    public static PostgresServer Require()
    {
        return Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } connectionString
            ? new PostgresServer(connectionString)
            : RequirePrivate("127.0.0.1", []);
    }

    /// <summary>A private server, or a visible skip that says what is missing.</summary>
    /// <param name="address">Where it listens.</param>
    /// <param name="launcher">The program that starts it in another network, with its arguments; none otherwise.</param>
    public static PostgresServer RequirePrivate(string address, IEnumerable<string> launcher)
    {
        Requires.Linux();
        Requires.That(FindBinaries() is not null, $"needs PostgreSQL: set {Variable} to a connection string, or install the server (postgresql)");
        if (Environment.IsPrivilegedProcess) Requires.Tool("setpriv");
        return new PostgresServer(new TempDirectory(), FreePort(), address, launcher);
    }

    /// <summary>Starts the private server, after a kill too, and returns once it answers.</summary>
    /// <param name="overrides">Settings above the durable ones, such as <c>-c fsync=off</c>.</param>
    public void Start(string overrides = "")
    {
        var options = $"-p {_port} -c listen_addresses={_address} -c unix_socket_directories={_directory!.Path} -c fsync=on -c full_page_writes=on -c synchronous_commit=on {overrides}";
        RunAsServer("pg_ctl", "-D", Data, "-w", "-t", "60", "-l", _directory.File("log"), "-o", options, "start");
    }

    /// <summary>Ends the private server without letting it finish anything: <c>pg_ctl stop -m immediate</c>.</summary>
    public void StopAtOnce() => RunAsServer("pg_ctl", "-D", Data, "-w", "-t", "60", "-m", "immediate", "stop");

    /// <summary>Kills every process of the private server with SIGKILL.</summary>
    public void Kill()
    {
        foreach (var id in ProcessIds()) KillOne(id);
    }

    /// <summary>Sends a signal, such as <c>STOP</c>, to every process of the private server.</summary>
    public void Signal(string name) => Run("kill", [$"-{name}", .. ProcessIds().Select(id => $"{id}")]);

    /// <summary>Kills one process of the private server with SIGKILL, as when memory has run out: the others end and recover.</summary>
    public static void KillOne(int id)
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

    public void Dispose()
    {
        if (_directory is null) return;
        if (File.Exists(Path.Combine(Data, "postmaster.pid"))) StopAtOnce();
        _directory.Dispose();
    }

    /// <summary>The first process, and those that it started.</summary>
    private IEnumerable<int> ProcessIds() => Output("ps", "-o", "pid=", "--ppid", $"{ProcessId}")
        .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(id => int.Parse(id, CultureInfo.InvariantCulture)).Prepend(ProcessId);

    private static string? FindBinaries() =>
        (Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql") : [])
            .OrderDescending(StringComparer.Ordinal).Select(version => Path.Combine(version, "bin"))
            .FirstOrDefault(bin => File.Exists(Path.Combine(bin, "initdb")) && File.Exists(Path.Combine(bin, "postgres")));

    /// <summary>A port that nobody listens on now.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void RunAsServer(string program, params string[] arguments)
    {
        string[] asUser = Environment.IsPrivilegedProcess ? ["setpriv", "--reuid", ServerUser, "--regid", ServerUser, "--clear-groups"] : [];
        string[] all = [.. _launcher, .. asUser, Path.Combine(FindBinaries()!, program), .. arguments];
        Run(all[0], all[1..]);
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
