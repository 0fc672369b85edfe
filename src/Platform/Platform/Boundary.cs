namespace Jangteo.Platform;

/// <summary>
/// The moments between two steps: before and after a commit, a call to a provider, a read of a feed. Tests let the process
/// die there. Nobody listens elsewhere and no setting changes that, so a boundary costs one look at a field.
/// </summary>
public static class Boundary
{
    /// <summary>Told at every boundary; set by the hosts of tests only.</summary>
    internal static Action<string>? Reached;

    /// <summary>Names a boundary: the moment and what is going on, for example "before call of" and "Charge".</summary>
    public static void At<TWhat>(string moment, TWhat what) => Reached?.Invoke($"{moment} {what}");
}
