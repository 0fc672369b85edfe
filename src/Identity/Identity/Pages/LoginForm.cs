using Jangteo.Identity.Logins;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Jangteo.Identity.Pages;

/// <summary>GET and POST /identity/login.</summary>
static class LoginForm
{
    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet("/login", (HttpContext http) => Page.Show<LoginPage>(http, Page.Of(http)));
        pages.MapPost("/login", Post);
    }

    static async Task<IResult> Post(HttpContext http, Credentials credentials, IdentityDb db, CancellationToken ct)
    {
        var page = Page.Of(http);
        var form = await http.Request.ReadFormAsync(ct);
        var (email, password) = (form["email"].ToString(), form["password"].ToString());
        if (email.Length is 0 or > 254 || password.Length is 0 or > 128) return Again(http, page, email, WrongText(page), 400);
        var check = await credentials.Check(email, password, http, ct);
        if (check.Wait > TimeSpan.Zero) return Again(http, page, email, WaitText(page, check.Wait), 429);
        if (check.Member is null) return Again(http, page, email, WrongText(page), 401);
        await db.SaveChangesAsync(ct);
        await SignedIn.SignIn(http, check.Member);
        return TypedResults.LocalRedirect(page.ReturnUrl);
    }

    static IResult Again(HttpContext http, Page page, string email, string error, int status) =>
        Page.Show<LoginPage>(http, page, new() { ["Email"] = email, ["Error"] = error }, status);

    static string WrongText(Page page) => page.Say("이메일 주소나 비밀번호가 맞지 않습니다.", "The e-mail address or the password is not right.");

    public static string WaitText(Page page, TimeSpan wait)
    {
        var minutes = (int)Math.Ceiling(wait.TotalMinutes);
        return page.Say($"시도가 너무 많았습니다. {minutes}분 뒤에 다시 해 주세요. 비밀번호를 재설정하면 바로 로그인할 수 있습니다.",
            $"Too many attempts. Try again in {minutes} {(minutes == 1 ? "minute" : "minutes")}, or reset the password to log in at once.");
    }
}
