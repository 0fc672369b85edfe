namespace Jangteo.Platform;

/// <summary>
/// How much a client may repeat itself: each call earns a fifth of a retry, and few can be saved up. A module in trouble
/// gets a fifth more calls than it was offered, and not a multiple.
/// </summary>
sealed class RetryBudget
{
    const double PerCall = 0.2;
    const double MostSaved = 10;

    readonly Lock _lock = new();
    double _saved = 1;

    /// <summary>Counts a first attempt.</summary>
    public void Earn()
    {
        lock (_lock) _saved = Math.Min(_saved + PerCall, MostSaved);
    }

    /// <summary>Takes one retry, if there is one.</summary>
    public bool TrySpend()
    {
        lock (_lock) return _saved >= 1 && _saved-- >= 1;
    }
}
