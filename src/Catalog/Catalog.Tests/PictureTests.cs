using System.Buffers.Binary;
using System.Net;
using System.Text;
using SkiaSharp;

namespace Jangteo.Catalog.Tests;

public class PictureTests
{
    static byte[] Drawn(SKEncodedImageFormat format, int width = 2000, int height = 1000)
    {
        using var bitmap = new SKBitmap(width, height);
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.Red);
        canvas.DrawRect(0, 0, width / 2f, height, new() { Color = SKColors.Blue });
        return bitmap.Encode(format, 90).ToArray();
    }

    /// <summary>A JPEG with an EXIF note that says "turn right" and where it was taken.</summary>
    static byte[] WithExif(byte[] jpeg)
    {
        byte[] exif = [.. "Exif\0\0MM\0*\0\0\0\x08"u8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0, .. "SEOUL-37.5665"u8];
        return [0xFF, 0xD8, 0xFF, 0xE1, (byte)((exif.Length + 2) >> 8), (byte)(exif.Length + 2), .. exif, .. jpeg[2..]];
    }

    /// <summary>A PNG of a few bytes that claims to be 50,000 pixels on a side.</summary>
    static byte[] Bomb()
    {
        var png = Drawn(SKEncodedImageFormat.Png, 8, 8);
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(16), 50_000);
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(20), 50_000);
        BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(29), Checksum(png.AsSpan(12, 17)));
        return png;
    }

    /// <summary>CRC-32 as PNG wants it.</summary>
    static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var sum = uint.MaxValue;
        foreach (var value in bytes)
        {
            sum ^= value;
            for (var bit = 0; bit < 8; bit++) sum = (sum & 1) == 1 ? sum >> 1 ^ 0xEDB88320 : sum >> 1;
        }
        return ~sum;
    }

    [Theory, ClassData(typeof(EveryDatabase))]
    public async Task A_picture_is_stored_clean_and_served_in_its_sizes(string database)
    {
        await using var shop = await Shop.Open(database);
        var name = (await shop.Staff.AddPicture(new MemoryStream(WithExif(Drawn(SKEncodedImageFormat.Jpeg))), "image/jpeg")).Required.Name;
        Assert.Equal(name, (await shop.Staff.AddPicture(new MemoryStream(WithExif(Drawn(SKEncodedImageFormat.Jpeg))), "application/octet-stream")).Required.Name);
        foreach (var width in new[] { 160, 320, 640, 1280 })
        {
            var answer = await shop.Http.GetAsync($"/api/catalog/pictures/{name}/{width}.webp");
            Assert.Equal("image/webp", answer.Content.Headers.ContentType!.MediaType);
            Assert.Contains("immutable", answer.Headers.CacheControl!.ToString());
            var bytes = await answer.Content.ReadAsByteArrayAsync();
            Assert.DoesNotContain("SEOUL", Encoding.Latin1.GetString(bytes));
            using var bitmap = SKBitmap.Decode(bytes);
            // It was taken on its side: 2000 × 1000 stands upright, and what was left is now on top.
            Assert.Equal(Math.Min(width, 1000), bitmap.Width);
            Assert.Equal(bitmap.Width * 2, bitmap.Height);
            Assert.True(bitmap.GetPixel(bitmap.Width / 2, 5).Blue > 200);
        }
        var product = await shop.Add(Shop.Apples() with { Pictures = [name] });
        Assert.Equal(name, product.Pictures[0]);
        Assert.Equal("pictures", (await shop.Staff.Save(Guid.CreateVersion7(), Shop.Apples("b", sku: "B") with { Pictures = ["no-such"] })).Problem!.Errors!.Keys.Single());
    }

    [Fact]
    public async Task What_is_no_picture_or_too_much_of_one_is_refused()
    {
        await using var shop = await Shop.Open();
        byte[][] refused = [[], "GIF89a"u8.ToArray(), "<svg xmlns='http://www.w3.org/2000/svg'/>"u8.ToArray(), [0xFF, 0xD8, 0xFF, 1, 2, 3], Drawn(SKEncodedImageFormat.Png)[..500], Bomb()];
        foreach (var file in refused)
            Assert.Equal(400, (await shop.Staff.AddPicture(new MemoryStream(file), "image/png")).Problem!.Status);
        var huge = await shop.StaffHttp.SendAsync(new(HttpMethod.Post, "/api/catalog/pictures") { Content = new ByteArrayContent(new byte[11 << 20]), Headers = { ExpectContinue = true } });
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, huge.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await shop.Http.GetAsync("/api/catalog/pictures/icon-food/161.webp")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.Http.GetAsync("/api/catalog/pictures/no-such/160.webp")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.Http.GetAsync("/api/catalog/pictures/..%2F..%2Fcatalog/160.webp")).StatusCode);
    }
}
