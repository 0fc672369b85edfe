using System.Buffers.Text;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using HdrHistogram;

namespace Jangteo.Bench;

/// <summary>What a load run gave.</summary>
/// <param name="PerSecond">Good answers per second.</param>
/// <param name="P50">Median latency, milliseconds.</param>
/// <param name="P99">99th percentile, milliseconds.</param>
/// <param name="Good">How many good answers.</param>
/// <param name="Failures">Answers that were not 2xx.</param>
sealed record LoadResult(double PerSecond, double P50, double P99, long Good, long Failures)
{
    public static LoadResult From(LongHistogram histogram, long good, long failures, TimeSpan took) =>
        new(good / took.TotalSeconds, histogram.GetValueAtPercentile(50) / 1000.0, histogram.GetValueAtPercentile(99) / 1000.0, good, failures);
}

/// <summary>A closed-loop load generator on bare sockets, so that the generator costs little beside what it measures.</summary>
static class Load
{
    /// <summary>GETs one URL over a number of connections; warms up first.</summary>
    public static async Task<LoadResult> Get(Uri url, int connections, double seconds)
    {
        var request = Encoding.ASCII.GetBytes($"GET {url.PathAndQuery} HTTP/1.1\r\nHost: {url.Authority}\r\nAccept-Language: ko\r\n\r\n");
        await Run(url, connections, Math.Min(2, seconds), (_, _) => request);
        return await Run(url, connections, seconds, (_, _) => request);
    }

    /// <summary>Sends requests that the caller writes: (connection, sequence number) to bytes.</summary>
    public static async Task<LoadResult> Run(Uri url, int connections, double seconds, Func<int, int, byte[]> request)
    {
        var histogram = new LongHistogram(60_000_000, 3);
        long good = 0, failures = 0;
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(connection => Task.Run(async () =>
        {
            using var socket = new BareHttp(url);
            var own = new LongHistogram(60_000_000, 3);
            for (var i = 0; clock.Elapsed.TotalSeconds < seconds; i++)
            {
                var started = Stopwatch.GetTimestamp();
                var status = await socket.Send(request(connection, i));
                own.RecordValue(Math.Min(59_000_000, (long)Stopwatch.GetElapsedTime(started).TotalMicroseconds));
                if (status is >= 200 and < 300) Interlocked.Increment(ref good); else Interlocked.Increment(ref failures);
            }
            lock (histogram) histogram.Add(own);
        })));
        return LoadResult.From(histogram, good, failures, clock.Elapsed);
    }
}

/// <summary>One keep-alive HTTP/1.1 connection that reads an answer to its end and keeps only its status.</summary>
sealed class BareHttp : IDisposable
{
    readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    readonly IPEndPoint _end;
    byte[] _buffer = new byte[64 << 10];

    public BareHttp(Uri url) => _end = new(IPAddress.Loopback, url.Port);

    public async Task<int> Send(byte[] request)
    {
        if (!_socket.Connected) await _socket.ConnectAsync(_end);
        await _socket.SendAsync(request);
        var (filled, head) = (0, -1);
        while (head < 0)
        {
            filled += await Receive(filled);
            head = _buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8);
        }
        var headers = _buffer.AsMemory(0, head);
        Utf8Parser.TryParse(headers.Span[9..12], out int status, out _);
        var body = head + 4;
        if (LengthOf(headers.Span) is { } length)
            while (filled < body + length) filled += await Receive(filled);
        else
            while (!_buffer.AsSpan(body, filled - body).EndsWith("0\r\n\r\n"u8)) filled += await Receive(filled);
        return status;
    }

    async Task<int> Receive(int filled)
    {
        if (filled == _buffer.Length) Array.Resize(ref _buffer, filled * 2);
        var read = await _socket.ReceiveAsync(_buffer.AsMemory(filled));
        return read > 0 ? read : throw new IOException("The server closed the connection.");
    }

    // Null for a chunked answer.
    static int? LengthOf(ReadOnlySpan<byte> headers)
    {
        var at = headers.IndexOf("Content-Length: "u8);
        if (at < 0) return headers.IndexOf(" 204 "u8) == 8 || headers.IndexOf(" 304 "u8) == 8 ? 0 : null;
        Utf8Parser.TryParse(headers[(at + 16)..], out int length, out _);
        return length;
    }

    public void Dispose() => _socket.Dispose();
}
