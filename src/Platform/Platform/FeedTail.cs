namespace Jangteo.Platform;

/// <summary>
/// The newest messages of a SQLite feed in memory, so that readers who keep up cost no query. Holds only a stretch without a
/// gap: a number that does not follow the last one, written by another process, begins it anew.
/// </summary>
sealed class FeedTail
{
    const int MaxRows = 2048;

    readonly Lock _lock = new();
    readonly List<FeedRow> _rows = [];

    /// <summary>Appends rows that have just been committed, in the order of the commits.</summary>
    public void Append(List<FeedRow> rows)
    {
        lock (_lock)
        {
            foreach (var row in rows)
            {
                if (_rows.Count > 0 && row.Seq != _rows[^1].Seq + 1) _rows.Clear();
                _rows.Add(row);
            }
            // Half at once, so that it is not moved for every row.
            if (_rows.Count > MaxRows) _rows.RemoveRange(0, _rows.Count - MaxRows / 2);
        }
    }

    /// <summary>The rows after a number; null when the database must be asked. Empty when the number is the last one written here.</summary>
    public List<FeedRow>? After(long seq, int limit)
    {
        lock (_lock)
        {
            if (_rows.Count == 0 || seq < _rows[0].Seq - 1 || seq > _rows[^1].Seq) return null;
            var from = (int)(seq - _rows[0].Seq + 1);
            return _rows.GetRange(from, Math.Min(limit, _rows.Count - from));
        }
    }
}
