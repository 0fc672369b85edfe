using Jangteo.Identity.Members;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Jangteo.Identity.Pages;

/// <summary>GET and POST /identity/verify?token=.</summary>
static class VerifyForm
{
    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet("/verify", (HttpContext http) => Page.Show<VerifyPage>(http, Page.Of(http), new() { ["Token"] = http.Request.Query["token"].ToString() }));
        pages.MapPost("/verify", Post);
    }

    static async Task<IResult> Post(HttpContext http, IdentityDb db, TimeProvider time, CancellationToken ct)
    {
        var page = Page.Of(http);
        var form = await http.Request.ReadFormAsync(ct);
        var home = (page.IsKorean ? "/" : "/en/", page.Say("장터로", "To the shop"));
        return await VerifyEmail.Verify(db, form["token"].ToString(), time.GetUtcNow(), ct)
            ? Page.Tell(http, page, page.Say("확인되었습니다", "Confirmed"), page.Say("이메일 주소가 확인되었습니다.", "Your e-mail address is confirmed."), "good", home)
            : Page.Tell(http, page, page.Say("쓸 수 없는 링크입니다", "This link does not work"),
                page.Say("이미 쓴 링크이거나 24시간이 지났습니다. 내 정보에서 메일을 다시 받을 수 있습니다.", "It was used before, or is older than 24 hours. You can ask for a new mail in your account."), "bad", home, 409);
    }
}
