using Jangteo.Platform;

namespace Jangteo.Backoffice;

/// <summary>Asks a module, whichever, for the messages it could not handle.</summary>
sealed class ParkedClient(HttpClient http, string module)
{
    public Task<Answer<Page<ParkedView>>> List(string? after = null, int? limit = null, bool dropped = false, CancellationToken ct = default) =>
        http.Ask<Page<ParkedView>>(HttpMethod.Get, Calls.Query($"/api/{module}/parked", ("dropped", dropped ? "true" : null), ("after", after), ("limit", limit)), null, ct);

    public Task<Answer<Nothing>> Drop(long id, string reason, CancellationToken ct = default) =>
        http.Ask<Nothing>(HttpMethod.Post, $"/api/{module}/parked/{id}/drop", new DropRequest(reason), ct);

    public Task<Answer<Nothing>> Replay(long id, CancellationToken ct = default) =>
        http.Ask<Nothing>(HttpMethod.Post, $"/api/{module}/parked/{id}/replay", null, ct);
}
