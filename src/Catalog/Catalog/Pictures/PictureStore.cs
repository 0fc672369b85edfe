using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Jangteo.Catalog;

/// <summary>Finds pictures by name, among the stored ones and those of the sample assortment, and keeps their sizes on disk.</summary>
sealed partial class PictureStore(IOptions<CatalogOptions> options)
{
    public static readonly int[] Widths = [160, 320, 640, 1280];

    static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(10);
    static readonly string SampleFolder = Path.Combine(AppContext.BaseDirectory, "sample", "pictures");

    readonly SemaphoreSlim _decoding = new(options.Value.PicturesAtOnce);

    public static bool IsName(string? text) => text is not null && Name().IsMatch(text);

    /// <summary>Which of the names belong to no picture.</summary>
    public static async Task<List<string>> Missing(CatalogDb db, IEnumerable<string> names, CancellationToken ct)
    {
        var sought = names.Where(n => IsName(n) && !File.Exists(SamplePath(n))).ToList();
        if (sought.Count == 0) return sought;
        var stored = await db.Pictures.Where(p => sought.Contains(p.Name)).Select(p => p.Name).ToListAsync(ct);
        return [.. sought.Except(stored)];
    }

    /// <summary>The file of a picture at a width, made now if nobody asked before; null when there is no such picture.</summary>
    /// <exception cref="TimeoutException">Too many others are being made; answered as 503.</exception>
    public async Task<string?> Sized(CatalogDb db, string name, int width, CancellationToken ct)
    {
        var file = Path.Combine(db.Store.DataFolder, "pictures", width.ToString(System.Globalization.CultureInfo.InvariantCulture), name + ".webp");
        if (File.Exists(file)) return file;
        if (await Stored(db, name, ct) is not { } stored) return null;
        await Decode(() =>
        {
            if (File.Exists(file)) return true;
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            var fresh = $"{file}.{Guid.NewGuid():N}";
            File.WriteAllBytes(fresh, Picture.Narrowed(stored, width));
            File.Move(fresh, file, overwrite: true);
            return true;
        }, ct);
        return file;
    }

    /// <summary>Decodes few at once, for each takes a core and its pixels' worth of memory.</summary>
    public async Task<T> Decode<T>(Func<T> work, CancellationToken ct)
    {
        if (!await _decoding.WaitAsync(MaxWait, ct)) throw new TimeoutException("Too many pictures at once.");
        try
        {
            return await Task.Run(work, ct);
        }
        finally
        {
            _decoding.Release();
        }
    }

    static async Task<byte[]?> Stored(CatalogDb db, string name, CancellationToken ct) => File.Exists(SamplePath(name))
        ? await File.ReadAllBytesAsync(SamplePath(name), ct)
        : await db.Pictures.Where(p => p.Name == name).Select(p => p.Bytes).FirstOrDefaultAsync(ct);

    static string SamplePath(string name) => Path.Combine(SampleFolder, name + ".webp");

    [GeneratedRegex(@"^[a-z0-9][a-z0-9-]{0,79}\z")] private static partial Regex Name();
}
