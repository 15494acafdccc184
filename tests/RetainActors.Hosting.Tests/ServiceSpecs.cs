using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using RetainActors.Runs;

namespace RetainActors.Hosting.Tests;

/// <summary>The service of the readme behind its own web server.</summary>
public sealed class ServiceSpecs : IAsyncLifetime
{
    private readonly TempDirectory _directory = new();
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(60) };
    private WebApplication _service = null!;

    public async Task InitializeAsync()
    {
        _service = await StartAsync();
        _http.BaseAddress = AddressOf(_service);
    }

    public async Task DisposeAsync()
    {
        await _service.DisposeAsync();
        _http.Dispose();
        _directory.Dispose();
    }

    [Fact(DisplayName = "The service that the readme shows should retain a source and be healthy at every endpoint")]
    public async Task Healthy()
    {
        Assert.Equal("Completed", await RetainAsync("good"));
        Assert.Equal("UpToDate", await RetainAsync("good"));

        var (all, live, ready) = (await ProbeAsync("/healthz"), await ProbeAsync("/healthz/live"), await ProbeAsync("/healthz/ready"));
        Assert.Equal(HttpStatusCode.OK, live.Code);
        Assert.Equal("Healthy", live.Health.GetProperty("status").GetString());
        Assert.Equal(["akka.persistence.journal.retain-file.connectivity", "retain.checkpoint", "retain.run"], Names(ready.Health));
        Assert.Superset(Names(ready.Health).Union(Names(live.Health)).ToHashSet(), Names(all.Health).ToHashSet());
        Assert.All(["retain.checkpoint", "retain.run"], name => Assert.Equal("Healthy", Check(ready.Health, name).GetProperty("status").GetString()));
        Assert.Equal(0, Check(ready.Health, "retain.run").GetProperty("data").GetProperty("parked").GetInt32());
    }

    [Fact(DisplayName = "A run that is parked should degrade the service and be named, until it is unparked")]
    public async Task Degraded()
    {
        for (var failure = 1; failure < 5; failure++) Assert.Equal("Failed", await RetainAsync("bad"));
        Assert.Equal("Parked", await RetainAsync("bad"));

        var (_, ready) = await ProbeAsync("/healthz/ready");
        Assert.Equal("Degraded", ready.GetProperty("status").GetString());
        var check = Check(ready, "retain.run");
        Assert.Equal("1 runs are parked: demo/bad. Mend what failed, then unpark them.", check.GetProperty("description").GetString());
        Assert.Equal("Healthy", (await ProbeAsync("/healthz/live")).Health.GetProperty("status").GetString());

        Assert.Null((await _service.Services.GetRequiredService<IRunClient>().UnparkAsync(new CheckpointKey("demo", "bad"))).Error);
        Assert.Equal("Healthy", Check((await ProbeAsync("/healthz/ready")).Health, "retain.run").GetProperty("status").GetString());
    }

    [Fact(DisplayName = "A service whose root another one owns should be alive and not ready, and say whose it is")]
    public async Task Not_ready()
    {
        Assert.Equal("Completed", await RetainAsync("good"));
        await using var second = await StartAsync();
        using var http = new HttpClient { BaseAddress = AddressOf(second), Timeout = TimeSpan.FromSeconds(60) };

        // A journal opens beside the start of its service; the answer to a request says that it has tried.
        Assert.NotEqual("Completed", await RetainAsync("good", http));
        var (code, ready) = await ProbeAsync("/healthz/ready", http);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "Unhealthy"), (code, ready.GetProperty("status").GetString()));
        Assert.Contains(
            $"process {Environment.ProcessId}", Check(ready, "akka.persistence.journal.retain-file.connectivity").GetProperty("description").GetString(),
            StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await ProbeAsync("/healthz/live", http)).Code);
    }

    private async Task<WebApplication> StartAsync()
    {
        var table = new StateTableBuilder("READ").Add("READ", (scope, context, _) => Task.FromResult(new StateResult(
            context, scope.Key.Source == "bad" ? Transition.Fail("no such document") : Transition.Completed))).Build();
        var service = ServiceSample.Build(["--urls", "http://127.0.0.1:0", "--Retain:Root", _directory.File("root"), "--Logging:LogLevel:Default", "None"], table);
        await service.StartAsync();
        return service;
    }

    private async Task<string?> RetainAsync(string source, HttpClient? http = null)
    {
        using var text = new StringContent("text", Encoding.UTF8);
        using var answer = await (http ?? _http).PostAsync($"/demo/{source}", text);
        return (await ReadAsync(answer)).GetProperty("outcome").GetString();
    }

    private async Task<(HttpStatusCode Code, JsonElement Health)> ProbeAsync(string path, HttpClient? http = null)
    {
        using var answer = await (http ?? _http).GetAsync(path);
        return (answer.StatusCode, await ReadAsync(answer));
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer) =>
        JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync());

    private static IEnumerable<string> Names(JsonElement health) =>
        health.GetProperty("checks").EnumerateArray().Select(check => check.GetProperty("name").GetString()!).Order(StringComparer.Ordinal);

    private static JsonElement Check(JsonElement health, string name) =>
        health.GetProperty("checks").EnumerateArray().Single(check => check.GetProperty("name").GetString() == name);

    private static Uri AddressOf(WebApplication service) =>
        new(service.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
}
