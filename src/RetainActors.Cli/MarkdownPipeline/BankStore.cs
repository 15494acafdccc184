using System.Text;

namespace RetainActors.Cli.MarkdownPipeline;

/// <summary>
/// A bank and its files. Opening renders every page from the published contributions and puts right what differs, so that
/// a crash between a contribution and its pages, a stray page or a lost one leaves no trace. For one writer at a time.
/// </summary>
internal sealed class BankStore
{
    private readonly BankFiles _files;
    private readonly string _name;
    private readonly Bank _bank = new();
    private readonly HashSet<string> _logLines = new(StringComparer.Ordinal);
    private readonly StringBuilder _log = new();
    private readonly SortedDictionary<string, byte[]?> _changes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, byte[]> _shown = new(StringComparer.Ordinal);

    private BankStore(BankFiles files, string name)
    {
        _files = files;
        _name = name;
    }

    public static BankStore Open(BankFiles files, string name)
    {
        var store = new BankStore(files, name);
        files.Prepare();
        foreach (var file in files.List(BankFiles.Sources).Where(file => file.EndsWith(".json", StringComparison.Ordinal)))
        {
            var path = $"{BankFiles.Sources}/{file}";
            if (files.Read(path) is { } bytes) store._bank.Put(SourceFile.Decode(files.PathOf(path), bytes));
        }

        store.ReadLog();
        store.Reconcile();
        return store;
    }

    public SourceRecord? Find(string source) => _bank.Find(source);

    public PagePlan PlanFor(string source, Contribution contribution) => _bank.PlanFor(source, contribution);

    /// <summary>Stores the record of a source and, when what it publishes changed, renders the pages that follow from it.</summary>
    public void Put(SourceRecord record)
    {
        _bank.Put(record);
        _changes[$"{BankFiles.Sources}/{SourceFile.NameOf(record.Source)}"] = SourceFile.Encode(record);
        foreach (var key in _bank.TakeChangedPages())
            Show($"{BankFiles.Wiki}/{WikiPage.FileNameOf(key)}", _bank.PageOf(key)?.Render());
    }

    public void RenderIndex()
    {
        Show(BankFiles.Index, BankPages.Index(_name, _bank));
        Show(BankFiles.Facts, BankPages.Facts(_bank));
    }

    /// <summary>Appends a line to the log, once.</summary>
    public void AppendLog(string line)
    {
        if (!_logLines.Add(line)) return;
        _log.Append(line);
        Show(BankFiles.Log, _log.ToString());
    }

    /// <summary>Makes everything since the last call durable. When it fails the store must be opened again.</summary>
    public void Flush()
    {
        if (_changes.Count == 0) return;
        _files.Commit(_changes);
        _changes.Clear();
    }

    /// <summary>Writes content only where it differs from what is there, so that a repeated state changes nothing.</summary>
    private void Show(string path, string? content)
    {
        if (content is null)
        {
            if (_shown.Remove(path)) _changes[path] = null;
            else _changes.Remove(path);
            return;
        }

        var bytes = Encoding.UTF8.GetBytes(content);
        var hash = System.Security.Cryptography.SHA256.HashData(bytes);
        if (_shown.TryGetValue(path, out var shown) && shown.AsSpan().SequenceEqual(hash)) return;
        _shown[path] = hash;
        _changes[path] = bytes;
    }

    private void ReadLog()
    {
        var log = _files.Read(BankFiles.Log) is { } bytes ? Encoding.UTF8.GetString(bytes) : BankPages.LogHeading(_name);
        _log.Append(log);
        _logLines.UnionWith(log.Split('\n').Select(line => line + '\n'));
    }

    private void Reconcile()
    {
        _bank.TakeChangedPages();
        foreach (var file in _files.List(BankFiles.Wiki)) Remember($"{BankFiles.Wiki}/{file}");
        Remember(BankFiles.Index);
        Remember(BankFiles.Facts);

        var pages = _bank.PageKeys.ToDictionary(key => $"{BankFiles.Wiki}/{WikiPage.FileNameOf(key)}", StringComparer.Ordinal);
        foreach (var stray in _shown.Keys.Where(path => path.StartsWith(BankFiles.Wiki + '/', StringComparison.Ordinal) && !pages.ContainsKey(path)).ToArray())
            Show(stray, null);
        foreach (var (path, key) in pages) Show(path, _bank.PageOf(key)!.Render());
        RenderIndex();
        Flush();
    }

    private void Remember(string path)
    {
        if (_files.Read(path) is { } bytes) _shown[path] = System.Security.Cryptography.SHA256.HashData(bytes);
    }
}
