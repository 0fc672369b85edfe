using Jangteo.Identity.Contracts;
using Jangteo.Identity.Logins;
using Jangteo.Identity.Members;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Jangteo.Identity.Pages;

/// <summary>GET and POST /identity/sign-up. A new member is logged in at once and goes where they were going.</summary>
static class SignUpForm
{
    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet("/sign-up", (HttpContext http) => Page.Show<SignUpPage>(http, Page.Of(http)));
        pages.MapPost("/sign-up", Post);
    }

    static async Task<IResult> Post(HttpContext http, SignUpDesk desk, Credentials credentials, IdentityDb db, CancellationToken ct)
    {
        var page = Page.Of(http);
        var form = await http.Request.ReadFormAsync(ct);
        string[] names = [.. MemberRules.RequiredConsents, .. MemberRules.OptionalConsents];
        var consents = names.Select(name => new Consent(name, MemberRules.CurrentConsentVersion, form[name] == "yes")).ToList();
        var signUp = new SignUp(form["email"].ToString(), form["password"].ToString(), form["name"].ToString(), consents, page.Language);
        var (member, complaints, wait) = await desk.SignUp(signUp, Visitor.Of(http), ct);
        if (member is null) return Again(http, page, signUp, wait > TimeSpan.Zero ? new() { ["wait"] = "wait" } : complaints, wait);

        await credentials.Remember(member, null, http, ct);
        await db.SaveChangesAsync(ct);
        await SignedIn.SignIn(http, member);
        return Page.Tell(http, page, page.Say("환영합니다", "Welcome"),
            page.Say($"{member.Email} 주소로 확인 메일을 보냈습니다. 메일의 링크를 눌러 주세요.", $"We sent a mail to {member.Email}. Open its link to confirm the address."), "good",
            // Through the shop's log-in, so that one is logged in there as well.
            (LoginAt(page.ReturnUrl), page.Say("계속하기", "Continue")));
    }

    static string LoginAt(string returnUrl) =>
        returnUrl.StartsWith("/connect/", StringComparison.Ordinal) || returnUrl.StartsWith("/backoffice", StringComparison.Ordinal) ? returnUrl
        : $"{(returnUrl.StartsWith("/en/", StringComparison.Ordinal) ? "/en" : "")}/login?returnUrl={Uri.EscapeDataString(returnUrl)}";

    static IResult Again(HttpContext http, Page page, SignUp signUp, Dictionary<string, string> complaints, TimeSpan wait) => Page.Show<SignUpPage>(http, page, new()
    {
        ["Email"] = signUp.Email, ["Name"] = signUp.Name, ["Errors"] = complaints, ["Ticked"] = signUp.Consents.Where(c => c.Given).Select(c => c.Name).ToList(),
        ["Notice"] = wait > TimeSpan.Zero ? LoginForm.WaitText(page, wait) : null,
    }, wait > TimeSpan.Zero ? 429 : complaints.ContainsValue("email-taken") ? 409 : 400);
}
