using System.Security.Cryptography;
using Jangteo.Identity.Members;
using Jangteo.Platform;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Jangteo.Identity.Logins;

/// <summary>From where and with what somebody comes.</summary>
/// <param name="Address">The address as limits count it.</param>
/// <param name="Device">Browser and system in words.</param>
/// <param name="DeviceHash">Hash of the device cookie's token; null on a device's first visit.</param>
sealed record Visitor(string Address, string Device, string? DeviceHash)
{
    const string DeviceCookie = "jangteo_device";

    public static Visitor Of(HttpContext http) => new(
        LimitOptions.AddressOf(http),
        DeviceOf(http.Request.Headers.UserAgent.ToString()),
        http.Request.Cookies[DeviceCookie] is { Length: > 0 and <= 100 } token ? MailedToken.HashOf(token) : null);

    /// <summary>Gives the device a token by which it is known next time; returns its hash.</summary>
    public static string Remember(HttpContext http)
    {
        var token = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
        http.Response.Cookies.Append(DeviceCookie, token, new()
        {
            HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = http.Request.IsHttps, MaxAge = TimeSpan.FromDays(365), IsEssential = true,
        });
        return MailedToken.HashOf(token);
    }

    internal static string DeviceOf(string userAgent)
    {
        (string Sign, string Name)[] browsers = [("Edg", "Edge"), ("SamsungBrowser", "Samsung Internet"), ("Whale", "Whale"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"), ("curl", "curl")];
        (string Sign, string Name)[] systems = [("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "Mac"), ("Linux", "Linux")];
        var known = new[] { browsers, systems }.Select(names => names.FirstOrDefault(n => userAgent.Contains(n.Sign, StringComparison.Ordinal)).Name).Where(n => n is not null).ToList();
        return known.Count > 0 ? string.Join(" · ", known) : userAgent.Length > 0 ? new string([.. userAgent.Where(c => !char.IsControl(c)).Take(60)]) : "?";
    }
}
