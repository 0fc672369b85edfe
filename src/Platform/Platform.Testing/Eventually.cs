using System.Text.Json;

namespace Jangteo.Platform.Testing;

/// <summary>
/// Waits for what is done in the background. The limit is for what would never come; it is long, because a test says
/// that something happens and not how fast the machine is.
/// </summary>
public static class Eventually
{
    /// <summary>Looks until the condition holds.</summary>
    public static async Task Holds(Func<Task<bool>> condition, string what) => await Sees(condition, holds => holds, what);

    /// <summary>Looks until what is seen is what is waited for, and returns it.</summary>
    public static async Task<T> Sees<T>(Func<Task<T>> look, Func<T, bool> isIt, string what = "it")
    {
        // Seldom after a while: on a busy machine, looking would be most of the work.
        var pauseMilliseconds = 10;
        for (var until = DateTime.UtcNow.AddSeconds(90); ; await Task.Delay(pauseMilliseconds = Math.Min(pauseMilliseconds * 3 / 2, 500)))
        {
            var seen = await look();
            if (isIt(seen)) return seen;
            if (DateTime.UtcNow > until) throw new TimeoutException($"It never came: {what}. Last seen: {JsonSerializer.Serialize(seen)}");
        }
    }
}
