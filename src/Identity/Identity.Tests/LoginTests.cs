using System.Net;
using System.Net.Http.Json;
using Jangteo.Identity.Contracts;
using Jangteo.Identity.Logins;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Jangteo.Identity.Tests;

public class LoginTests
{
    [Theory, InlineData(false), InlineData(true)]
    public async Task A_login_gives_tokens_that_open_ones_own_record(bool postgreSql)
    {
        await using var desk = await Desk.Open(postgreSql);
        var member = await desk.Member();
        var me = (await member.Identity.Me()).Required;
        Assert.Equal(("minsu@example.com", "김민수", false), (me.Email, me.Name, me.IsStaff));
        var token = new JsonWebToken(member.Tokens.AccessToken);
        Assert.Equal(("at+jwt", "http://localhost:5080/", "jangteo", "RS256", me.Id.ToString(), "김민수"),
            (token.Typ, token.Issuer, Assert.Single(token.Audiences), token.Alg, token.Subject, token.GetClaim("name").Value));
        Assert.Equal(900, member.Tokens.ExpiresIn);
        Assert.Equal(HttpStatusCode.Unauthorized, (await desk.Http.GetAsync("/api/identity/me")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await member.Http.GetAsync("/api/identity/members")).StatusCode);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Refresh_tokens_rotate_and_an_old_one_ends_the_session(bool postgreSql)
    {
        await using var desk = await Desk.Open(postgreSql);
        var first = (await desk.Member()).Tokens;
        var second = (await desk.Nobody.Refresh(first.RefreshToken)).Required;
        Assert.NotEqual(first.RefreshToken, second.RefreshToken);
        // Two tabs at once: the late one gets the very same next token.
        Assert.Equal(second.RefreshToken, (await desk.Nobody.Refresh(first.RefreshToken)).Required.RefreshToken);

        desk.Time.Forward(TimeSpan.FromMinutes(1));
        Assert.True((await desk.Nobody.Refresh(first.RefreshToken)).Problem!.Is("session-over"));
        Assert.True((await desk.Nobody.Refresh(second.RefreshToken)).Problem!.Is("session-over"));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Twenty_refreshes_at_once_give_one_next_token(bool postgreSql)
    {
        await using var desk = await Desk.Open(postgreSql);
        var first = (await desk.Member()).Tokens;
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => desk.Nobody.Refresh(first.RefreshToken)));
        Assert.Single(answers.Where(a => a.Ok).Select(a => a.Value!.RefreshToken).Distinct());
        Assert.True((await desk.Nobody.Refresh(answers.First(a => a.Ok).Value!.RefreshToken)).Ok);
    }

    [Fact]
    public async Task A_forged_or_foreign_refresh_token_is_refused()
    {
        await using var desk = await Desk.Open();
        var token = (await desk.Member()).Tokens.RefreshToken;
        foreach (var forged in new[] { "", "x", token[..^2] + "AA", token + "A", new string('A', token.Length), new string('A', 100_000) })
            Assert.True((await desk.Nobody.Refresh(forged)).Problem!.Is("session-over"));
        Assert.True((await desk.Nobody.Refresh(token)).Ok);
    }

    [Fact]
    public async Task Logging_out_ends_the_session_and_may_be_repeated()
    {
        await using var desk = await Desk.Open();
        var member = await desk.Member();
        Assert.True((await desk.Nobody.Logout(member.Tokens.RefreshToken)).Ok);
        Assert.True((await desk.Nobody.Logout(member.Tokens.RefreshToken)).Ok);
        Assert.True((await desk.Nobody.Refresh(member.Tokens.RefreshToken)).Problem!.Is("session-over"));
    }

    [Fact]
    public async Task Sessions_are_listed_and_ended_only_by_their_member()
    {
        await using var desk = await Desk.Open();
        var (here, stranger) = (await desk.Member(), await desk.Member("other@example.com"));
        var there = await desk.LogIn("minsu@example.com");
        var sessions = (await here.Identity.Sessions()).Required;
        Assert.Equal(2, sessions.Count);
        Assert.True((await stranger.Identity.EndSession(sessions[0].Id)).Problem!.Is("not-found"));
        Assert.True((await here.Identity.EndSession(sessions[0].Id)).Ok);
        Assert.Single((await here.Identity.Sessions()).Required);
        Assert.True((await desk.Nobody.Refresh(there.Tokens.RefreshToken)).Problem!.Is("session-over"));
    }

    [Fact]
    public async Task Wrong_passwords_and_unknown_accounts_are_answered_and_limited_alike()
    {
        await using var desk = await Desk.Open();
        await desk.Nobody.SignUp(Desk.Form());
        foreach (var email in new[] { "minsu@example.com", "nobody@example.com" })
        {
            for (var i = 0; i < 5; i++) Assert.Equal("wrong-credentials", await Visit.TypeOf(await desk.LogInFrom("203.0.113.7", email, "wrong guess")));
            var blocked = await desk.LogInFrom("203.0.113.7", email, Desk.Password);
            Assert.Equal((HttpStatusCode.TooManyRequests, "too-many-attempts"), (blocked.StatusCode, await Visit.TypeOf(blocked)));
            Assert.InRange(blocked.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 30);
        }
        desk.Time.Forward(TimeSpan.FromSeconds(31));
        Assert.Equal(HttpStatusCode.OK, (await desk.LogInFrom("203.0.113.7", "minsu@example.com", Desk.Password)).StatusCode);
    }

    [Fact]
    public async Task A_strangers_guesses_never_lock_out_a_device_that_has_logged_in_before()
    {
        await using var desk = await Desk.Open(false, ("Identity:FailuresPerAccount", "20"));
        await desk.Nobody.SignUp(Desk.Form());
        var device = (await desk.LogInFrom("198.51.100.1", "minsu@example.com", Desk.Password)).Headers.GetValues("Set-Cookie").First(c => c.StartsWith("jangteo_device=", StringComparison.Ordinal)).Split(';')[0];

        // From everywhere, and even from the owner's own address.
        for (var i = 0; i < 30; i++) await desk.LogInFrom(i % 3 == 0 ? "198.51.100.1" : $"203.0.113.{i}", "minsu@example.com", "wrong guess");
        Assert.Equal(HttpStatusCode.TooManyRequests, (await desk.LogInFrom("192.0.2.200", "minsu@example.com", Desk.Password)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await desk.LogInFrom("198.51.100.1", "minsu@example.com", Desk.Password, device)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await desk.LogInFrom("192.0.2.9", "minsu@example.com", Desk.Password, device)).StatusCode);
        // The cookie of one account is worth nothing for another.
        await desk.Nobody.SignUp(Desk.Form("other@example.com"));
        for (var i = 0; i < 5; i++) await desk.LogInFrom("203.0.113.99", "other@example.com", "wrong guess", device);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await desk.LogInFrom("203.0.113.99", "other@example.com", Desk.Password, device)).StatusCode);
    }

    [Fact]
    public async Task A_strangers_guesses_never_keep_a_member_from_withdrawing_whose_own_are_limited()
    {
        await using var desk = await Desk.Open(false, ("Identity:FailuresPerAccount", "5"));
        var member = await desk.Member();
        for (var i = 0; i < 8; i++) await desk.LogInFrom($"203.0.113.{i}", "minsu@example.com", "wrong guess");
        Assert.Equal(HttpStatusCode.TooManyRequests, (await desk.LogInFrom("192.0.2.200", "minsu@example.com", Desk.Password)).StatusCode);

        // Whoever stole the token guesses five times too.
        for (var i = 0; i < 5; i++) Assert.True((await member.Identity.Withdraw(new("wrong guess"))).Problem!.Is("wrong-password"));
        Assert.True((await member.Identity.Withdraw(new(Desk.Password))).Problem!.Is("too-many-attempts"));
        desk.Time.Forward(TimeSpan.FromSeconds(31));
        Assert.True((await member.Identity.Withdraw(new(Desk.Password))).Ok);
    }

    [Fact]
    public async Task One_address_trying_many_accounts_has_to_wait()
    {
        await using var desk = await Desk.Open(false, ("Identity:FailuresPerAddress", "8"));
        for (var i = 0; i < 8; i++) Assert.Equal(HttpStatusCode.Unauthorized, (await desk.LogInFrom("2001:db8:1:2::1", $"someone{i}@example.com", "wrong guess")).StatusCode);
        // Another address of the same /64 is the same household.
        Assert.Equal(HttpStatusCode.TooManyRequests, (await desk.LogInFrom("2001:db8:1:2:ffff::9", "fresh@example.com", "wrong guess")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await desk.LogInFrom("2001:db8:1:3::1", "fresh@example.com", "wrong guess")).StatusCode);
    }

    [Fact]
    public async Task Attempts_are_counted_across_two_replicas_on_one_database()
    {
        await using var desk = await Desk.Open(postgreSql: true);
        await using var replica = await desk.Replica();
        await desk.Nobody.SignUp(Desk.Form());
        // A burst on both: five guesses are looked at in all, not five on each.
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => (i % 2 == 0 ? desk : replica).LogInFrom("203.0.113.7", "minsu@example.com", "wrong guess")));
        Assert.Equal((5, 35), (answers.Count(a => a.StatusCode == HttpStatusCode.Unauthorized), answers.Count(a => a.StatusCode == HttpStatusCode.TooManyRequests)));

        // And both believe each other's tokens, made with the keys in the database.
        var visit = await replica.LogIn("minsu@example.com");
        Assert.True((await Visit.With(desk.Http.BaseAddress!, visit.Tokens).Identity.Me()).Ok);
        Assert.True((await desk.Nobody.Refresh(visit.Tokens.RefreshToken)).Ok);
    }

    [Fact]
    public async Task Right_logins_use_up_nobodys_attempts()
    {
        await using var desk = await Desk.Open(false, ("Identity:FailuresPerAddress", "5"), ("Identity:FailuresPerAccount", "5"));
        await desk.Nobody.SignUp(Desk.Form());
        for (var i = 0; i < 12; i++) Assert.Equal(HttpStatusCode.OK, (await desk.LogInFrom("203.0.113.7", "minsu@example.com", Desk.Password)).StatusCode);
        Assert.All(await desk.Service.Db(db => db.Attempts.AsNoTracking().Where(a => a.Key.StartsWith("p") || a.Key.StartsWith("address")).ToListAsync()), a => Assert.Equal(0, a.Count));
    }

    [Fact]
    public async Task A_member_who_logs_in_all_day_keeps_a_bounded_number_of_sessions_and_devices()
    {
        await using var desk = await Desk.Open();
        await desk.Nobody.SignUp(Desk.Form());
        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => desk.LogInFrom($"203.0.113.{i}", "minsu@example.com", Desk.Password)));
        Assert.All(answers, a => Assert.Equal(HttpStatusCode.OK, a.StatusCode));
        await desk.LogIn("minsu@example.com");
        Assert.InRange(await desk.Service.Db(db => db.Devices.CountAsync()), 1, KnownDevice.MaxPerMember);
        Assert.InRange(await desk.Service.Db(db => db.Sessions.CountAsync(s => s.EndedAt == null)), 1, MemberSession.MaxPerMember);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Letters_that_a_database_cannot_hold_break_nothing(bool postgreSql)
    {
        await using var desk = await Desk.Open(postgreSql);
        var (member, staff) = (await desk.Member(), await desk.Staff());
        Assert.True((await desk.Nobody.Login(new("min\0su@example.com", "x"))).Problem!.Is("wrong-credentials"));
        Assert.Contains("email", (await desk.Nobody.SignUp(Desk.Form("a\0@example.com"))).Problem!.Errors!.Keys);
        Assert.Contains("name", (await desk.Nobody.SignUp(Desk.Form("a@example.com", "\0"))).Problem!.Errors!.Keys);
        Assert.Contains("consents", (await desk.Nobody.SignUp(Desk.Form("a@example.com", consents: [new("terms", "\0", true), new("privacy", "1", true), new("age-14", "1", true)]))).Problem!.Errors!.Keys);
        Assert.Contains("reason", (await member.Identity.Withdraw(new(Desk.Password, "\0"))).Problem!.Errors!.Keys);
        Assert.Equal(2, (await staff.Identity.Members("\0")).Required.Items.Count);
        Assert.True((await desk.Nobody.Verify("\0")).Problem!.Is("token-not-valid"));
    }

    [Fact]
    public void The_wait_doubles_up_to_its_limit_and_is_forgotten_in_time()
    {
        var (limit, start) = (new AttemptLimit("k", 3, TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(10), TimeSpan.FromDays(1)), DateTimeOffset.UtcNow);
        var attempts = new Attempts { Key = "k" };
        attempts.Take(limit, start);
        attempts.Take(limit, start);
        Assert.True(attempts.BlockedUntil < start);
        foreach (var seconds in new[] { 30, 60, 120, 240, 480, 600, 600 })
        {
            attempts.Take(limit, start);
            Assert.Equal(start.AddSeconds(seconds), attempts.BlockedUntil);
        }
        attempts.Take(limit, start.AddDays(2));
        Assert.Equal(1, attempts.Count);
    }

    [Theory]
    [InlineData("""{"email":"","password":"x"}""", "email"), InlineData("""{"email":"a@b.kr","password":""}""", "password"), InlineData("""{"email":"a@b.kr"}""", "password"), InlineData("""{"email":["a"],"password":"x"}""", "email")]
    public async Task Bad_input_names_its_field(string body, string field)
    {
        await using var desk = await Desk.Open();
        var answer = await desk.Http.PostAsync("/api/identity/login", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains($"\"{field}\"", await answer.Content.ReadAsStringAsync());
    }
}
