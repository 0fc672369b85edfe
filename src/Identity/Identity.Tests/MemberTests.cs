using System.Net;
using System.Net.Http.Json;
using Jangteo.Catalog.Contracts;
using Jangteo.Identity.Contracts;
using Jangteo.Identity.Mails;
using Jangteo.Identity.Members;
using Jangteo.Orders.Contracts;
using Jangteo.Platform;
using Jangteo.Platform.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Jangteo.Identity.Tests;

public class MemberTests
{
    static Address Home(Guid id = default, string label = "집", bool isDefault = true) => new(id, label, "김민수", "010-1234-5678", "06236", "서울 강남구 테헤란로 1", "101호", isDefault);

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_member_changes_name_language_addresses_and_marketing(bool postgreSql)
    {
        await using var desk = await Desk.Open(postgreSql);
        var member = await desk.Member();
        var me = (await member.Identity.Change(new("김지우", "en", [Home(), Home(label: "회사", isDefault: false)], true))).Required;
        Assert.Equal(("김지우", "en", 2), (me.Name, me.Language, me.Addresses.Count));
        Assert.True(me.Consents.Single(c => c.Name == "marketing").Given);
        Assert.Equal("김*우", Assert.Single(await desk.Service.Announced<MemberRenamed>()).MaskedName);

        var kept = me.Addresses.Single(a => a.Label == "집");
        me = (await member.Identity.Change(new(Addresses: [kept with { Label = "본가" }], MarketingConsent: false))).Required;
        Assert.Equal((kept.Id, "본가"), (me.Addresses[0].Id, Assert.Single(me.Addresses).Label));
        Assert.False(me.Consents.Single(c => c.Name == "marketing").Given);
        // Consents are a record: what was given before is still there.
        Assert.Equal(2, (await desk.Stored("minsu@example.com"))!.Consents.Count(c => c.Name == "marketing"));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Consent_to_marketing_is_recorded_when_it_changes_and_not_without_end(bool postgreSql)
    {
        await using var desk = await Desk.Open(postgreSql);
        var member = await desk.Member();
        // A page sends all its fields: what was not given is not refused by changing the name.
        Assert.True((await member.Identity.Change(new("김지우", MarketingConsent: false))).Ok);
        Assert.Empty(await Recorded());
        for (var i = 0; i < 3; i++) Assert.True((await member.Identity.Change(new(MarketingConsent: true))).Ok);
        for (var i = 0; i < 3; i++) Assert.True((await member.Identity.Change(new(MarketingConsent: false))).Ok);
        Assert.Equal([true, false], await Recorded());

        for (var i = 0; i < 8; i++) Assert.True((await member.Identity.Change(new(MarketingConsent: i % 2 == 0))).Ok);
        var refused = await member.Identity.Change(new("다른이름", MarketingConsent: true));
        Assert.True(refused.Problem!.Is("too-many-attempts"));
        Assert.Equal(10, (await Recorded()).Count);
        // Nothing of what was refused is done, and what leaves the consent as it is is not limited.
        Assert.Equal("김지우", (await member.Identity.Change(new(MarketingConsent: false))).Required.Name);
        desk.Time.Forward(TimeSpan.FromMinutes(11));
        Assert.True((await member.Identity.Change(new(MarketingConsent: true))).Required.Consents.Single(c => c.Name == "marketing").Given);

        async Task<List<bool>> Recorded() => [.. (await desk.Stored("minsu@example.com"))!.Consents.Where(c => c.Name == "marketing").OrderBy(c => c.At).Select(c => c.Given)];
    }

    [Fact]
    public async Task A_member_is_renamed_ten_times_and_then_seldom()
    {
        await using var desk = await Desk.Open();
        var member = await desk.Member();
        for (var i = 0; i < 10; i++) Assert.True((await member.Identity.Change(new($"김{i}"))).Ok);
        Assert.True((await member.Identity.Change(new("김민수", MarketingConsent: true))).Problem!.Is("too-many-attempts"));
        Assert.Equal(10, (await desk.Service.Announced<MemberRenamed>()).Count);
        // What leaves the name as it is is not limited.
        Assert.True((await member.Identity.Change(new("김9", "en", MarketingConsent: true))).Ok);
        desk.Time.Forward(TimeSpan.FromMinutes(11));
        Assert.Equal("김민수", (await member.Identity.Change(new("김민수"))).Required.Name);
    }

    [Fact]
    public async Task Anothers_address_id_gets_a_new_one()
    {
        await using var desk = await Desk.Open();
        var (one, other) = (await desk.Member(), await desk.Member("other@example.com"));
        var mine = (await one.Identity.Change(new(Addresses: [Home()]))).Required.Addresses[0];
        Assert.NotEqual(mine.Id, (await other.Identity.Change(new(Addresses: [Home(mine.Id, "훔침")]))).Required.Addresses[0].Id);
        Assert.Equal("집", Assert.Single((await one.Identity.Me()).Required.Addresses).Label);
    }

    [Fact]
    public async Task A_bad_change_names_its_field_and_changes_nothing()
    {
        await using var desk = await Desk.Open();
        var member = await desk.Member();
        (MeChange Change, string Field)[] bad =
        [
            (new(Name: ""), "name"), (new(Name: new('x', 51)), "name"), (new(Language: "fr"), "language"),
            (new("새이름", Addresses: [.. Enumerable.Range(0, 21).Select(_ => Home(isDefault: false))]), "addresses"),
            (new("새이름", Addresses: [Home(), Home()]), "addresses"),
            (new("새이름", Addresses: [Home() with { Phone = "전화" }]), "addresses[0].phone"),
            (new("새이름", Addresses: [Home() with { PostalCode = "" }]), "addresses[0].postalCode"),
            (new("새이름", Addresses: [Home() with { Name = new('x', 51) }]), "addresses[0].name"),
        ];
        foreach (var (change, field) in bad) Assert.Contains(field, (await member.Identity.Change(change)).Problem!.Errors!.Keys);
        var nulls = await member.Http.PatchAsync("/api/identity/me", new StringContent("""{"addresses":[null]}""", System.Text.Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.BadRequest, nulls.StatusCode);
        var me = (await member.Identity.Me()).Required;
        Assert.Equal(("김민수", 0), (me.Name, me.Addresses.Count));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Withdrawing_asks_for_the_password_ends_sessions_and_can_be_undone(bool postgreSql)
    {
        await using var desk = await Desk.Open(postgreSql);
        var member = await desk.Member();
        Assert.True((await member.Identity.Withdraw(new("wrong guess"))).Problem!.Is("wrong-password"));
        Assert.Empty(await desk.Service.Announced<MemberWithdrawn>());

        var me = (await member.Identity.Withdraw(new(Desk.Password, "not needed"))).Required;
        Assert.InRange(me.GraceEndsAt!.Value - DateTimeOffset.UtcNow, TimeSpan.FromDays(13.9), TimeSpan.FromDays(14.1));
        Assert.True((await desk.Nobody.Refresh(member.Tokens.RefreshToken)).Problem!.Is("session-over"));
        Assert.True((await member.Identity.Withdraw(new(Desk.Password))).Ok);
        Assert.Single(await desk.Service.Announced<MemberWithdrawn>());

        desk.Time.Forward(TimeSpan.FromDays(13));
        var back = await desk.LogIn("minsu@example.com");
        Assert.Null((await back.Identity.UndoWithdrawal()).Required.GraceEndsAt);
        Assert.Null((await back.Identity.UndoWithdrawal()).Required.GraceEndsAt);
        Assert.Single(await desk.Service.Announced<WithdrawalUndone>());

        // The timeout of the withdrawal that was undone comes all the same, and does nothing.
        desk.Time.Forward(TimeSpan.FromDays(2));
        await desk.Service.Deliver<EraseMember>("(due)", new GraceEnded(me.Id));
        Assert.NotNull(await desk.Stored("minsu@example.com"));
        Assert.Empty(await desk.Service.Announced<MemberErased>());
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task When_the_grace_period_ends_nothing_of_the_member_is_left(bool postgreSql)
    {
        await using var desk = await Desk.Open(postgreSql);
        var (member, other) = (await desk.Member(), await desk.Member("other@example.com"));
        await member.Identity.Change(new(Addresses: [Home()]));
        await desk.MailedToken("minsu@example.com", "/identity/verify");
        var id = (await member.Identity.Withdraw(new(Desk.Password))).Required.Id;
        desk.Time.Forward(TimeSpan.FromDays(15));
        Assert.True((await desk.Nobody.Login(new("minsu@example.com", Desk.Password))).Problem!.Is("wrong-credentials"));

        await Eventually.Holds(async () => (await desk.Service.Announced<MemberErased>()).Count > 0, "the member is erased");
        Assert.Equal(id, Assert.Single(await desk.Service.Announced<MemberErased>()).MemberId);
        Assert.Equal(0, await desk.Service.Db(async db => await db.Members.CountAsync(m => m.Id == id) + await db.Set<MemberConsent>().CountAsync(c => EF.Property<Guid>(c, "MemberId") == id)
            + await db.Set<MemberAddress>().CountAsync() + await db.Sessions.CountAsync(s => s.MemberId == id) + await db.Devices.CountAsync(d => d.MemberId == id)
            + await db.MailedTokens.CountAsync(t => t.MemberId == id) + await db.Mails.CountAsync(m => m.MemberId == id)));
        Assert.Equal(HttpStatusCode.NotFound, (await member.Http.GetAsync("/api/identity/me")).StatusCode);
        Assert.True((await other.Identity.Me()).Ok);
        var folder = Path.Combine(desk.Service.Services.GetRequiredService<IConfiguration>()["Data:Folder"]!, "mails");
        // A mail that was under way goes with the next look at it.
        await Eventually.Holds(() => Task.FromResult(!IsMailed("minsu@example.com")), "their mails are gone");
        // The address is free again.
        Assert.True((await desk.Nobody.SignUp(Desk.Form())).Ok);

        bool IsMailed(string address)
        {
            try
            {
                return Directory.GetFiles(folder).Any(file => File.ReadAllText(file).Contains(address, StringComparison.Ordinal));
            }
            catch (FileNotFoundException)
            {
                // It went, or got its name, just now: look again.
                return true;
            }
        }
    }

    [Fact]
    public async Task A_member_is_erased_only_when_no_token_of_theirs_works_any_more()
    {
        await using var desk = await Desk.Open();
        var me = (await (await desk.Member()).Identity.Withdraw(new(Desk.Password))).Required;
        var due = await desk.Service.Db(db => db.Database.SqlQueryRaw<long>("SELECT \"Due\" AS \"Value\" FROM due_messages").SingleAsync());
        // One that was made at the last moment lasts a quarter of an hour, and clocks differ by half a minute.
        Assert.InRange(DateTimeOffset.UnixEpoch.AddMicroseconds(due), me.GraceEndsAt!.Value.AddMinutes(15.5), me.GraceEndsAt.Value.AddHours(1));
    }

    [Fact]
    public async Task A_member_whose_mails_a_server_takes_is_erased_too()
    {
        await using var desk = await Desk.Open(false, ("Mail:Smtp", "smtp://127.0.0.1:9"));
        var member = await desk.Member();
        await member.Identity.Withdraw(new(Desk.Password));
        desk.Time.Forward(TimeSpan.FromDays(15));
        await Eventually.Holds(async () => (await desk.Service.Announced<MemberErased>()).Count > 0, "the member is erased");
    }

    [Fact]
    public async Task Old_mails_go_with_their_files()
    {
        await using var desk = await Desk.Open();
        await desk.Nobody.SignUp(Desk.Form());
        await desk.MailedToken("minsu@example.com", "/identity/verify");
        var folder = Path.Combine(desk.Service.Services.GetRequiredService<IConfiguration>()["Data:Folder"]!, "mails");
        Assert.Equal((1, 1), await LeftAfter(89));
        Assert.Equal((0, 0), await LeftAfter(91));

        Task<(int, int)> LeftAfter(int days) => desk.Service.Db(async db =>
        {
            await TidyUp.Remove(db, DateTimeOffset.UtcNow.AddDays(days), CancellationToken.None);
            return (await db.Mails.CountAsync(), Directory.GetFiles(folder).Length);
        });
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Staff_find_members_and_see_the_mails(bool postgreSql)
    {
        await using var desk = await Desk.Open(postgreSql);
        var staff = await desk.Staff();
        Assert.True((await staff.Identity.Me()).Required.IsStaff);
        foreach (var name in new[] { "Alpha", "alPHAbet", "Beta" }) await desk.Nobody.SignUp(Desk.Form($"{name}@example.com", name, language: "en"));

        var found = (await staff.Identity.Members("ALPHA", limit: 1)).Required;
        Assert.Equal("alPHAbet", Assert.Single(found.Items).Name);
        found = (await staff.Identity.Members("ALPHA", found.Next, 1)).Required;
        Assert.Equal("Alpha", Assert.Single(found.Items).Name);
        Assert.Null(found.Next);
        Assert.Empty((await staff.Identity.Members("100%")).Required.Items);
        Assert.Equal(found.Items[0].Id, Assert.Single((await staff.Identity.Members(found.Items[0].Id.ToString())).Required.Items).Id);
        Assert.Empty((await staff.Identity.Members(Guid.NewGuid().ToString())).Required.Items);
        Assert.Contains("limit", (await staff.Identity.Members(limit: 0)).Problem!.Errors!.Keys);
        Assert.Contains("after", (await staff.Identity.Members(after: "junk")).Problem!.Errors!.Keys);

        await desk.MailedToken("Beta@example.com", "/identity/verify");
        var mails = (await staff.Identity.Mails(limit: 2)).Required;
        Assert.Equal(2, mails.Items.Count);
        Assert.Equal("[Jangteo] Confirm your e-mail address", mails.Items[0].Subject);
        mails = (await staff.Identity.Mails(mails.Next, 2)).Required;
        Assert.Single(mails.Items);
        Assert.True((await (await desk.Member()).Identity.Mails()).Problem!.Is("forbidden"));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Orders_are_told_by_mail_once_in_the_members_language(bool postgreSql)
    {
        await using var desk = await Desk.Open(postgreSql);
        var id = (await desk.Nobody.SignUp(Desk.Form("jane@example.com", "Jane", language: "en"))).Required.MemberId;
        var (order, now) = (Guid.CreateVersion7(), DateTimeOffset.UtcNow);
        var line = new BoughtLine(Guid.NewGuid(), "TEA-1", new LocalText("보리차", "Barley tea"), new LocalText("1kg", "1 kg"), 2, Money.Won(12_000));
        IMessage[] messages =
        [
            new OrderConfirmed(order, "20261123-0A1B2C", id, [line], Money.Won(24_000), now),
            new OrderProgressed(order, "20261123-0A1B2C", id, OrderStatus.Preparing, null, null, now),
            new OrderProgressed(order, "20261123-0A1B2C", id, OrderStatus.Shipped, "CJ", "123456", now),
            // The number was wrong, and has been corrected.
            new OrderProgressed(order, "20261123-0A1B2C", id, OrderStatus.Shipped, "CJ", "123457", now),
            // No, it was right.
            new OrderProgressed(order, "20261123-0A1B2C", id, OrderStatus.Shipped, "CJ", "123456", now.AddMinutes(1)),
            new OrderCancelled(Guid.CreateVersion7(), "20261123-0A1B2D", id, "buyer", false, now),
            new OrderConfirmed(Guid.CreateVersion7(), "20261123-0A1B2E", Guid.NewGuid(), [line], Money.Won(24_000), now),
        ];
        await desk.Service.Deliver<OrderMails>("orders", messages);
        await desk.Service.Deliver<OrderMails>("orders", messages);
        var mails = await desk.Service.Db(db => db.Mails.AsNoTracking().Where(m => m.MemberId == id).ToListAsync());
        Assert.Equal(["[Jangteo] Confirm your e-mail address", "[Jangteo] Your order is cancelled (20261123-0A1B2D)", "[Jangteo] Your order is confirmed (20261123-0A1B2C)", "[Jangteo] Your order is on its way (20261123-0A1B2C)", "[Jangteo] Your order is on its way (20261123-0A1B2C)", "[Jangteo] Your order is on its way (20261123-0A1B2C)"],
            mails.Select(m => m.Subject).Order(StringComparer.Ordinal));
        Assert.Single(mails, m => m.Text.Contains("CJ 123457"));
        Assert.Contains("Barley tea 1 kg × 2", mails.Single(m => m.Subject.Contains("confirmed")).Text);
    }
}
