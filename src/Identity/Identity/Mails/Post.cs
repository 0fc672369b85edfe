using System.Security.Cryptography;
using System.Text;
using Jangteo.Identity.Members;
using Jangteo.Orders.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Configuration;

namespace Jangteo.Identity.Mails;

/// <summary>Writes the mails of the mall in the member's language and queues them; the caller's SaveChanges commits them.</summary>
sealed class Post(IdentityDb db, IDataProtectionProvider protection, IConfiguration configuration, TimeProvider time)
{
    public const string Purpose = "Jangteo.Identity.Mails";

    readonly string _origin = configuration["Mall:Origin"]!.TrimEnd('/');

    public void Verification(Member member, string token) => Queue(member, $"/identity/verify?token={token}&lang={member.Language}",
        ("이메일 주소를 확인해 주세요", $"""
        {member.Name}님, 장터에 오신 것을 환영합니다.

        아래 링크를 누르면 이메일 인증이 완료됩니다. 링크는 24시간 동안 한 번만 쓸 수 있습니다.

        {Mail.LinkMark}

        가입하신 적이 없다면 이 메일을 무시하셔도 됩니다.
        """),
        ("Confirm your e-mail address", $"""
        Welcome to Jangteo, {member.Name}.

        Open this link to confirm your e-mail address. It works once, for 24 hours.

        {Mail.LinkMark}

        If you did not sign up, just delete this mail.
        """));

    public void PasswordReset(Member member, string token) => Queue(member, $"/identity/reset?token={token}&lang={member.Language}",
        ("비밀번호 재설정", $"""
        {member.Name}님, 아래 링크에서 새 비밀번호를 설정할 수 있습니다. 링크는 1시간 동안 한 번만 쓸 수 있습니다.

        {Mail.LinkMark}

        요청하신 적이 없다면 이 메일을 무시하셔도 됩니다. 비밀번호는 변경되지 않습니다.
        """),
        ("Choose a new password", $"""
        {member.Name}, open this link to choose a new password. It works once, for one hour.

        {Mail.LinkMark}

        If you did not ask for it, just delete this mail. Your password stays as it is.
        """));

    public void PasswordChanged(Member member) => Queue(member, $"/identity/forgot?lang={member.Language}",
        ("비밀번호가 변경되었습니다", $"""
        {member.Name}님의 비밀번호가 변경되어 모든 기기에서 로그아웃되었습니다.

        직접 변경하지 않으셨다면 바로 비밀번호를 재설정해 주세요.

        {Mail.LinkMark}
        """),
        ("Your password was changed", $"""
        {member.Name}, your password was changed and you were logged out on all devices.

        If that was not you, choose a new password at once.

        {Mail.LinkMark}
        """));

    public void Withdrawn(Member member, DateTimeOffset graceEndsAt) => Queue(member, $"/identity/login?lang={member.Language}",
        ("탈퇴가 접수되었습니다", $"""
        {member.Name}님의 탈퇴가 접수되어 모든 기기에서 로그아웃되었습니다.

        {DayOf(graceEndsAt)}까지는 로그인해 탈퇴를 취소할 수 있습니다. 그 뒤에는 법령에서 보관하도록 정한 기록을 제외하고 모두 삭제됩니다.

        {Mail.LinkMark}
        """),
        ("Your withdrawal", $"""
        {member.Name}, your withdrawal is noted and you were logged out on all devices.

        Until {DayOf(graceEndsAt)} you can log in and undo it. After that everything is erased, save what the law tells us to keep.

        {Mail.LinkMark}
        """));

    public void OrderConfirmed(Member member, OrderConfirmed order) => Queue(member, $"{ShopOf(member)}/orders/{order.OrderId}",
        ($"주문이 확정되었습니다 ({order.Number})", $"""
        {member.Name}님, 결제가 완료되어 상품을 준비합니다.

        {string.Join('\n', order.Lines.Select(l => $"- {l.Name.Ko} {l.Label.Ko} × {l.Quantity}"))}

        합계 {Written(order.Total, "원")}

        {Mail.LinkMark}
        """),
        ($"Your order is confirmed ({order.Number})", $"""
        {member.Name}, your payment arrived and we are preparing your order.

        {string.Join('\n', order.Lines.Select(l => $"- {l.Name.En} {l.Label.En} × {l.Quantity}"))}

        Total {Written(order.Total, " KRW")}

        {Mail.LinkMark}
        """), IdOf(order.OrderId, "confirmed"));

    public void OrderCancelled(Member member, OrderCancelled order) => Queue(member, $"{ShopOf(member)}/orders/{order.OrderId}",
        ($"주문이 취소되었습니다 ({order.Number})", $"""
        {member.Name}님의 주문이 취소되었습니다. 결제하신 금액이 있으면 모두 돌려드립니다.

        {Mail.LinkMark}
        """),
        ($"Your order is cancelled ({order.Number})", $"""
        {member.Name}, your order is cancelled. Whatever you paid for it is refunded in full.

        {Mail.LinkMark}
        """), IdOf(order.OrderId, "cancelled"));

    public void OrderShipped(Member member, OrderProgressed order) => Queue(member, $"{ShopOf(member)}/orders/{order.OrderId}",
        ($"상품이 발송되었습니다 ({order.Number})", $"""
        {member.Name}님의 상품이 발송되었습니다.

        {order.Courier} {order.TrackingNumber}

        {Mail.LinkMark}
        """),
        ($"Your order is on its way ({order.Number})", $"""
        {member.Name}, your order is on its way.

        {order.Courier} {order.TrackingNumber}

        {Mail.LinkMark}
        """), ShippedIdOf(order));

    /// <summary>A number that was corrected is told once more, also when it is the one from before again.</summary>
    public static Guid ShippedIdOf(OrderProgressed order) => IdOf(order.OrderId, $"shipped {order.Courier} {order.TrackingNumber} {order.At.UtcTicks}");

    /// <summary>One mail for one event of an order, however often it is told: the id says which.</summary>
    public static Guid IdOf(Guid orderId, string what) => new(SHA256.HashData(Encoding.UTF8.GetBytes($"{orderId} {what}")).AsSpan(0, 16));

    void Queue(Member member, string path, (string Subject, string Text) korean, (string Subject, string Text) english, Guid? id = null)
    {
        var now = time.GetUtcNow();
        var (subject, text) = member.Language == "en" ? english : korean;
        db.Add(new Mail
        {
            Id = id ?? Guid.CreateVersion7(), MemberId = member.Id, To = member.Email, Subject = $"[{(member.Language == "en" ? "Jangteo" : "장터")}] {subject}",
            Text = text, ProtectedLink = protection.CreateProtector(Purpose).Protect(_origin + path), At = now, NextTryAt = now,
        });
    }

    // The shop in English lives under a path of its own.
    static string ShopOf(Member member) => member.Language == "en" ? "/en" : "";
    static string DayOf(DateTimeOffset at) => at.ToOffset(TimeSpan.FromHours(9)).ToString("yyyy-MM-dd HH:mm '(KST)'", System.Globalization.CultureInfo.InvariantCulture);
    static string Written(Money money, string won) => money.Currency == "KRW"
        ? money.Amount.ToString("#,0", System.Globalization.CultureInfo.InvariantCulture) + won
        : $"{(money.Amount / 100m).ToString("#,0.00", System.Globalization.CultureInfo.InvariantCulture)} {money.Currency}";
}
