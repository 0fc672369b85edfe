using SkiaSharp;

namespace Jangteo.Catalog;

/// <summary>A picture that staff stored: decoded, turned upright, made small and encoded anew. In the database, so that every replica can serve it.</summary>
sealed class Picture
{
    public const int MaxUploadBytes = 10 << 20;

    // A file of a few kilobytes may claim to be a terabyte of pixels: its header is believed before anything is decoded.
    const int MaxSide = 12_000;
    const long MaxPixels = 24_000_000;
    const int MaxWidth = 1280, MaxHeight = 2560, Quality = 82;

    public required string Name { get; init; }
    public required byte[] Bytes { get; init; }
    public DateTimeOffset At { get; init; }

    /// <summary>The picture as WebP without any metadata; or why it is refused.</summary>
    public static (byte[]? Clean, string? Refusal) Clean(byte[] file)
    {
        if (!LooksLikePicture(file)) return (null, "Not a JPEG, PNG or WebP picture.");
        using var data = SKData.CreateCopy(file);
        using var codec = SKCodec.Create(data);
        if (codec?.EncodedFormat is not (SKEncodedImageFormat.Jpeg or SKEncodedImageFormat.Png or SKEncodedImageFormat.Webp)) return (null, "Not a JPEG, PNG or WebP picture.");
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        if (width > MaxSide || height > MaxSide || (long)width * height > MaxPixels) return (null, $"At most {MaxPixels / 1_000_000} million pixels and {MaxSide} on a side.");
        using var decoded = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Premul));
        if (codec.GetPixels(decoded.Info, decoded.GetPixels()) != SKCodecResult.Success) return (null, "The picture is damaged.");
        using var small = Fit(decoded, MaxWidth, MaxHeight, codec.EncodedOrigin);
        return (Encode(small), null);
    }

    /// <summary>A stored picture at a width; never wider than it is.</summary>
    public static byte[] Narrowed(byte[] stored, int width)
    {
        using var decoded = SKBitmap.Decode(stored) ?? throw new InvalidOperationException("A stored picture cannot be decoded.");
        if (decoded.Width <= width) return stored;
        using var small = Fit(decoded, width, int.MaxValue, SKEncodedOrigin.TopLeft);
        return Encode(small);
    }

    static bool LooksLikePicture(ReadOnlySpan<byte> file) =>
        file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) || file.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47])
        || (file.Length > 12 && file.StartsWith("RIFF"u8) && file[8..].StartsWith("WEBP"u8));

    /// <summary>Cameras note how they were held; that note goes with the metadata, so the pixels are turned.</summary>
    static SKBitmap Fit(SKBitmap source, int maxWidth, int maxHeight, SKEncodedOrigin origin)
    {
        var turned = origin >= SKEncodedOrigin.LeftTop;
        var (width, height) = turned ? (source.Height, source.Width) : (source.Width, source.Height);
        var scale = Math.Min(1.0, Math.Min(maxWidth / (double)width, maxHeight / (double)height));
        var small = new SKImageInfo(Math.Max(1, (int)Math.Round(source.Width * scale)), Math.Max(1, (int)Math.Round(source.Height * scale)), SKColorType.Rgba8888, SKAlphaType.Premul);
        using var scaled = source.Resize(small, new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
        var upright = new SKBitmap(turned ? small.WithSize(small.Height, small.Width) : small);
        using var canvas = new SKCanvas(upright);
        canvas.Clear(SKColors.Transparent);
        canvas.SetMatrix(Upright(origin, small.Width, small.Height));
        canvas.DrawBitmap(scaled, 0, 0, new SKSamplingOptions(SKFilterMode.Nearest));
        return upright;
    }

    static SKMatrix Upright(SKEncodedOrigin origin, float w, float h) => origin switch
    {
        SKEncodedOrigin.TopRight => new(-1, 0, w, 0, 1, 0, 0, 0, 1),
        SKEncodedOrigin.BottomRight => new(-1, 0, w, 0, -1, h, 0, 0, 1),
        SKEncodedOrigin.BottomLeft => new(1, 0, 0, 0, -1, h, 0, 0, 1),
        SKEncodedOrigin.LeftTop => new(0, 1, 0, 1, 0, 0, 0, 0, 1),
        SKEncodedOrigin.RightTop => new(0, -1, h, 1, 0, 0, 0, 0, 1),
        SKEncodedOrigin.RightBottom => new(0, -1, h, -1, 0, w, 0, 0, 1),
        SKEncodedOrigin.LeftBottom => new(0, 1, 0, -1, 0, w, 0, 0, 1),
        _ => SKMatrix.Identity,
    };

    static byte[] Encode(SKBitmap bitmap)
    {
        using var encoded = bitmap.Encode(SKEncodedImageFormat.Webp, Quality);
        return encoded.ToArray();
    }
}
