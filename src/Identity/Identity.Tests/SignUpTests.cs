using System.Net;
using System.Net.Http.Json;
using System.Text;
using Jangteo.Identity.Contracts;
using Jangteo.Identity.Logins;
using Jangteo.Identity.Members;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Identity.Tests;

public class SignUpTests
{
    [Theory, InlineData(false), InlineData(true)]
    public async Task A_new_member_is_stored_with_consents_announced_masked_and_mailed(bool postgreSql)
    {
        await using var desk = await Desk.Open(postgreSql);
        var signedUp = (await desk.Nobody.SignUp(Desk.Form(" Minsu@Example.com "))).Required;
        Assert.Equal("Minsu@Example.com", signedUp.Email);
        var member = (await desk.Stored("minsu@example.com"))!;
        Assert.Equal(["age-14", "privacy", "terms"], member.Consents.Select(c => c.Name).Order());
        Assert.All(member.Consents, c => Assert.True(c is { Given: true, Version: "2026-11-01" } && c.At > DateTimeOffset.UtcNow.AddMinutes(-1)));
        Assert.DoesNotContain(Desk.Password, member.PasswordHash);
        var announced = Assert.Single(await desk.Service.Announced<MemberRegistered>());
        Assert.Equal((signedUp.MemberId, "김*수"), (announced.MemberId, announced.MaskedName));

        var token = await desk.MailedToken("Minsu@Example.com", "/identity/verify");
        Assert.False(await desk.Service.Db(db => db.MailedTokens.AnyAsync(t => t.Hash == token)));
        Assert.True((await desk.Nobody.Verify(token)).Ok);
        Assert.True((await (await desk.LogIn("minsu@example.com")).Identity.Me()).Required.EmailVerified);
    }

    [Fact]
    public async Task A_verification_link_works_once_and_for_a_day()
    {
        await using var desk = await Desk.Open();
        await desk.Nobody.SignUp(Desk.Form("a@example.com"));
        await desk.Nobody.SignUp(Desk.Form("b@example.com"));
        var (a, b) = (await desk.MailedToken("a@example.com", "/identity/verify"), await desk.MailedToken("b@example.com", "/identity/verify"));
        Assert.True((await desk.Nobody.Verify(a)).Ok);
        Assert.True((await desk.Nobody.Verify(a)).Problem!.Is("token-not-valid"));
        desk.Time.Forward(TimeSpan.FromHours(25));
        Assert.True((await desk.Nobody.Verify(b)).Problem!.Is("token-not-valid"));
        Assert.True((await desk.Nobody.Verify("nonsense")).Problem!.Is("token-not-valid"));
        Assert.Null((await desk.Stored("b@example.com"))!.EmailVerifiedAt);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Fifty_sign_ups_with_one_address_make_one_member(bool postgreSql)
    {
        await using var desk = await Desk.Open(postgreSql);
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => desk.Nobody.SignUp(Desk.Form(i % 2 == 0 ? "one@example.com" : "ONE@example.com"))));
        Assert.Single(answers, a => a.Ok);
        Assert.All(answers.Where(a => !a.Ok), a => Assert.True(a.Problem!.Is("email-taken") || a.Problem.Is("too-many-attempts"), a.Problem!.Type));
        Assert.Single(await desk.Service.Announced<MemberRegistered>());
    }

    [Fact]
    public async Task Asking_which_addresses_have_an_account_soon_takes_long()
    {
        await using var desk = await Desk.Open();
        await desk.Nobody.SignUp(Desk.Form());
        for (var i = 0; i < 20; i++) Assert.True((await desk.Nobody.SignUp(Desk.Form())).Problem!.Is("email-taken"));
        Assert.True((await desk.Nobody.SignUp(Desk.Form())).Problem!.Is("too-many-attempts"));
    }

    public static TheoryData<string, string> BadSignUps => new()
    {
        { """{"email":"a@b.kr","password":"tangerine boat 77","name":"A"}""", "consents" },
        { """{"email":"nobody","password":"tangerine boat 77","name":"A","consents":[]}""", "email" },
        { """{"email":"a@b.kr","password":"short","name":"A","consents":[]}""", "password" },
        { """{"email":"a@b.kr","password":"Password123!","name":"A","consents":[]}""", "password" },
        { """{"email":"a@b.kr","password":"tangerine boat 77","name":"  ","consents":[]}""", "name" },
        { """{"email":"a@b.kr","password":"tangerine boat 77","name":"A","consents":[{"name":"terms","version":"1","given":true}]}""", "consents" },
        { """{"email":"a@b.kr","password":"tangerine boat 77","name":"A","consents":[{"name":"sell-my-data","version":"1","given":true}]}""", "consents" },
        { """{"email":"a@b.kr","password":"tangerine boat 77","name":"A","consents":[null]}""", "consents" },
        { """{"email":"a@b.kr","password":"tangerine boat 77","name":"A","consents":[],"language":"xx"}""", "language" },
        { """{"email":7,"password":"tangerine boat 77","name":"A","consents":[]}""", "email" },
        { """{"password":"tangerine boat 77","name":"A","consents":[]}""", "email" },
        { """{"email":null,"password":"tangerine boat 77","name":"A","consents":[]}""", "email" },
        { """[]""", "body" },
    };

    [Theory, MemberData(nameof(BadSignUps))]
    public async Task Bad_input_names_its_field_and_changes_nothing(string body, string field)
    {
        await using var desk = await Desk.Open();
        var answer = await desk.Http.PostAsync("/api/identity/members", new StringContent(body, Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains($"\"{field}\"", await answer.Content.ReadAsStringAsync());
        Assert.False(await desk.Service.Db(db => db.Members.AnyAsync(m => !m.IsStaff)));
    }

    [Theory]
    [InlineData("password12"), InlineData("P@ssw0rd2024!"), InlineData("1234567890"), InlineData("qwertyuiop"), InlineData("1q2w3e4r5t"), InlineData("aaaaaaaaaa")]
    [InlineData("abcabcabcabc"), InlineData("iloveyou123"), InlineData("tkfkdgody12"), InlineData("Minsu.Kim2024"), InlineData("19901231123"), InlineData("asdfghjkl1"), InlineData("dragonmonkey")]
    public void What_guessers_try_first_is_refused(string password) => Assert.True(CommonPasswords.Has(password, "minsu.kim@example.com"));

    [Theory, InlineData("tangerine boat 77"), InlineData("correct horse battery"), InlineData("우리집 고양이는 둘"), InlineData("xK7#mQ2pLw9z")]
    public void A_thoughtful_password_is_welcome(string password) => Assert.False(CommonPasswords.Has(password, "minsu.kim@example.com"));

    [Theory, InlineData("김철수", "김*수"), InlineData("김수", "김*"), InlineData("김", "*"), InlineData("John Smith", "J********h"), InlineData("👩‍🚀x", "👩**x")]
    public void Names_are_masked(string name, string masked) => Assert.Equal(masked, MaskedName.Of(name));
}
