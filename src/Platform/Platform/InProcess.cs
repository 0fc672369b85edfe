using System.Diagnostics;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;

namespace Jangteo.Platform;

/// <summary>
/// The web server with a second entrance: in-process calls run the very pipeline that sockets run (routing,
/// authentication, validation, JSON), so that together cannot drift from apart.
/// </summary>
sealed class InProcessServer(IServer sockets) : IServer
{
    Func<IFeatureCollection, Task>? _run;

    public IFeatureCollection Features => sockets.Features;

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken ct) where TContext : notnull
    {
        _run = features => Run(application, features);
        return sockets.StartAsync(application, ct);
    }

    public Task StopAsync(CancellationToken ct) => sockets.StopAsync(ct);

    public void Dispose() => sockets.Dispose();

    public Task Run(IFeatureCollection features) =>
        (_run ?? throw new HttpRequestException("The process is still starting.")).Invoke(features);

    static async Task Run<TContext>(IHttpApplication<TContext> application, IFeatureCollection features) where TContext : notnull
    {
        var context = application.CreateContext(features);
        try
        {
            await application.ProcessRequestAsync(context);
            // An answer without a body starts here: what waits for that (headers set at the start) needs the living context.
            await features.Get<IHttpResponseBodyFeature>()!.CompleteAsync();
            application.DisposeContext(context, null);
        }
        catch (Exception e)
        {
            application.DisposeContext(context, e);
            throw;
        }
    }
}

/// <summary>Says which service of this process calls. No socket can set it, so it needs no token.</summary>
sealed record InProcessCaller(string Service);

/// <summary>The transport of a client whose module lives in this process.</summary>
sealed class InProcessHandler(InProcessServer server) : HttpMessageHandler
{
    internal static readonly HttpRequestOptionsKey<string> Service = new("jangteo.service");

    // The called pipeline must not see or change the caller's ambient state (HttpContext, Activity): it starts from none.
    static readonly ExecutionContext Clean = CaptureClean();

    static ExecutionContext CaptureClean()
    {
        ExecutionContext? clean = null;
        var thread = new Thread(() => clean = ExecutionContext.Capture());
        thread.UnsafeStart();
        thread.Join();
        return clean!;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        if (Activity.Current?.Id is { } traceParent) request.Headers.TryAddWithoutValidation("traceparent", traceParent);
        var response = new InProcessResponse();
        var features = await FeaturesOf(request, response, ct);

        var run = Task.CompletedTask;
        ExecutionContext.Run(Clean, _ => run = server.Run(features), null);
        try
        {
            await run;
            await response.Complete();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new HttpRequestException("The in-process call failed.", e);
        }
        ct.ThrowIfCancellationRequested();
        return response.AsMessage(request);
    }

    static async Task<FeatureCollection> FeaturesOf(HttpRequestMessage request, InProcessResponse response, CancellationToken ct)
    {
        var features = new FeatureCollection();
        var asked = new HttpRequestFeature
        {
            Method = request.Method.Method,
            Scheme = "http",
            Protocol = "HTTP/1.1",
            Path = PathString.FromUriComponent(request.RequestUri!).Value!,
            QueryString = request.RequestUri!.Query,
            Body = request.Content is null ? Stream.Null : await request.Content.ReadAsStreamAsync(ct),
        };
        asked.Headers.Host = request.Headers.Host ?? request.RequestUri.Authority;
        foreach (var header in request.Headers.NonValidated) asked.Headers[header.Key] = header.Value.ToArray();
        foreach (var header in request.Content?.Headers.NonValidated ?? default) asked.Headers[header.Key] = header.Value.ToArray();
        features.Set<IHttpRequestFeature>(asked);
        features.Set<IHttpResponseFeature>(response);
        features.Set<IHttpResponseBodyFeature>(response);
        features.Set<IHttpRequestLifetimeFeature>(new HttpRequestLifetimeFeature { RequestAborted = ct });
        features.Set<IHttpConnectionFeature>(new HttpConnectionFeature { RemoteIpAddress = IPAddress.Loopback, LocalIpAddress = IPAddress.Loopback });
        features.Set<IHttpMaxRequestBodySizeFeature>(new BodySize());
        features.Set<IHttpRequestBodyDetectionFeature>(new BodyDetection(request.Content is not null));
        if (request.Options.TryGetValue(Service, out var service)) features.Set(new InProcessCaller(service));
        return features;
    }

    /// <summary>What came into this process has been limited at its door; routes that set their own limit find where to.</summary>
    sealed class BodySize : IHttpMaxRequestBodySizeFeature
    {
        public bool IsReadOnly => false;
        public long? MaxRequestBodySize { get; set; }
    }

    sealed record BodyDetection(bool CanHaveBody) : IHttpRequestBodyDetectionFeature;
}

/// <summary>Collects a response in memory, with the life of a real one: headers are fixed by the first flush.</summary>
sealed class InProcessResponse : Stream, IHttpResponseFeature, IHttpResponseBodyFeature
{
    readonly MemoryStream _body = new();
    readonly Stack<(Func<object, Task> Callback, object State)> _onStarting = new();
    readonly Stack<(Func<object, Task> Callback, object State)> _onCompleted = new();
    PipeWriter? _writer;

    public int StatusCode { get; set; } = 200;
    public string? ReasonPhrase { get; set; }
    public IHeaderDictionary Headers { get; set; } = new HeaderDictionary();
    public bool HasStarted { get; private set; }

    Stream IHttpResponseFeature.Body { get => this; set => throw new NotSupportedException(); }
    Stream IHttpResponseBodyFeature.Stream => this;
    PipeWriter IHttpResponseBodyFeature.Writer => _writer ??= PipeWriter.Create(this, new StreamPipeWriterOptions(leaveOpen: true));

    public void OnStarting(Func<object, Task> callback, object state) => _onStarting.Push((callback, state));
    public void OnCompleted(Func<object, Task> callback, object state) => _onCompleted.Push((callback, state));
    public void DisableBuffering() { }

    public async Task StartAsync(CancellationToken ct = default)
    {
        if (HasStarted) return;
        while (_onStarting.TryPop(out var next)) await next.Callback(next.State);
        HasStarted = true;
    }

    public async Task CompleteAsync()
    {
        await StartAsync();
        if (_writer is not null) await _writer.FlushAsync();
    }

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken ct = default) =>
        SendFileFallback.SendFileAsync(this, path, offset, count, ct);

    public async Task Complete()
    {
        await CompleteAsync();
        while (_onCompleted.TryPop(out var next)) await next.Callback(next.State);
    }

    public HttpResponseMessage AsMessage(HttpRequestMessage request)
    {
        var content = new ReadOnlyMemoryContent(_body.GetBuffer().AsMemory(0, (int)_body.Length));
        var message = new HttpResponseMessage((HttpStatusCode)StatusCode) { RequestMessage = request, Content = content };
        foreach (var (name, values) in Headers)
            if (!message.Headers.TryAddWithoutValidation(name, (IEnumerable<string>)values!))
                content.Headers.TryAddWithoutValidation(name, (IEnumerable<string>)values!);
        return message;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken ct = default)
    {
        await StartAsync(ct);
        _body.Write(buffer.Span);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken ct) => WriteAsync(buffer.AsMemory(offset, count), ct).AsTask();
    public override Task FlushAsync(CancellationToken ct) => StartAsync(ct);
    public override void Flush() { }
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Synchronous writes block a thread.");
    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
}
