using System.Globalization;
using System.Text.RegularExpressions;
using Jangteo.Catalog.Contracts;
using Jangteo.Orders.Contracts;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Http;

namespace Jangteo.Backoffice;

/// <summary>The language of the person at the desk, and how the mall's values look in it.</summary>
sealed partial class Words(IHttpContextAccessor http)
{
    static readonly TimeSpan Seoul = TimeSpan.FromHours(9);
    static readonly CultureInfo Plain = CultureInfo.InvariantCulture;

    public bool English { get; } = http.HttpContext?.Request.Cookies[LanguageSwitch.Cookie] == "en";

    public string Code => English ? "en" : "ko";

    public string this[string ko, string en] => English ? en : ko;

    public string Of(LocalText text) => text.In(Code) is { Length: > 0 } own ? own : text.Ko;

    // The mall runs without ICU, so the few formats it needs are written here.
    public string Price(Money money) => money.Currency switch
    {
        "KRW" when !English => $"{money.Amount.ToString("N0", Plain)}원",
        "KRW" => $"₩{money.Amount.ToString("N0", Plain)}",
        _ => $"{(money.Amount / 100m).ToString("N2", Plain)} {money.Currency}",
    };

    public string Time(DateTimeOffset time) => time.ToOffset(Seoul).ToString("yyyy-MM-dd HH:mm", Plain);

    public string Status(OrderStatus status) => status switch
    {
        OrderStatus.Placed => this["접수", "Placed"],
        OrderStatus.AwaitingPayment => this["결제대기", "Awaiting payment"],
        OrderStatus.Confirmed => this["결제완료", "Paid"],
        OrderStatus.Preparing => this["배송준비", "Preparing"],
        OrderStatus.Shipped => this["배송중", "Shipped"],
        OrderStatus.Delivered => this["배송완료", "Delivered"],
        OrderStatus.Completed => this["구매확정", "Completed"],
        OrderStatus.Cancelled => this["취소", "Cancelled"],
        _ => status.ToString(),
    };

    public string Status(PaymentStatus status) => status switch
    {
        PaymentStatus.Open => this["결제 전", "Open"],
        PaymentStatus.Pending => this["확인 중", "Pending"],
        PaymentStatus.Captured => this["결제됨", "Captured"],
        PaymentStatus.Declined => this["거절됨", "Declined"],
        PaymentStatus.Voided => this["무효", "Voided"],
        PaymentStatus.Refunded => this["전액 환불", "Refunded"],
        _ => status.ToString(),
    };

    public string Module(string name) => name switch
    {
        "identity" => this["회원", "Identity"],
        "catalog" => this["상품", "Catalog"],
        "inventory" => this["재고", "Inventory"],
        "cart" => this["장바구니", "Cart"],
        "orders" => this["주문", "Orders"],
        "payments" => this["결제", "Payments"],
        "board" => this["게시판", "Board"],
        "provider" => this["결제사", "Provider"],
        "ledger" => this["장부", "Ledger"],
        "staff" => this["직원", "Staff"],
        _ => name,
    };

    /// <summary>A time to the thousandth of a second, where the order of things matters.</summary>
    public string Moment(DateTimeOffset time) => time.ToOffset(Seoul).ToString("MM-dd HH:mm:ss.fff", Plain);

    /// <summary>Why something waits for staff.</summary>
    public string Review(string kind) => kind switch
    {
        "unanswered" => this["결제사 응답 없음", "The provider does not answer"],
        "refund-refused" => this["환불이 거절됨", "A refund was refused"],
        "overdue" => this["결제 기한이 지난 미완료 주문", "Its time to pay is over"],
        "stock-missing" => this["재고 없이 발송됨", "Sent without stock"],
        "points-missing" => this["환불한 주문의 적립금을 이미 씀", "Points of a refunded order are spent"],
        "parked" => this["처리하지 못한 메시지", "A message could not be handled"],
        _ => kind,
    };

    /// <summary>What the provider is asked.</summary>
    public string Call(string kind) => kind switch
    {
        "openPage" => this["결제창 열기", "open a page"],
        "charge" => this["결제", "charge"],
        "confirm" => this["결제 승인", "confirm"],
        "refund" => this["환불", "refund"],
        "void" => this["결제창 닫기", "close the page"],
        "find" => this["상태 조회", "look up"],
        "watch" => this["상태 감시", "watch"],
        // A decision may be about a difference between the books, too.
        _ => Difference(kind),
    };

    public string Action(PaymentAction action, PaymentReview review) => action switch
    {
        PaymentAction.AskAgain when review.Kind == "refund-refused" => this["다시 환불 요청", "Ask for the refund again"],
        PaymentAction.Happened when review.Call == "refund" => this["환불된 것을 확인함", "It was refunded"],
        PaymentAction.Happened => this["결제된 것을 확인함", "It was charged"],
        PaymentAction.DidNotHappen when review.Call == "refund" => this["환불되지 않은 것을 확인함", "It was not refunded"],
        PaymentAction.DidNotHappen => this["결제되지 않은 것을 확인함", "It was not charged"],
        _ => Action(action.ToString()),
    };

    public string Action(OrderAction action) => Action(action.ToString());

    /// <summary>What staff decided.</summary>
    public string Action(string action) => (char.ToLowerInvariant(action[0]) + action[1..]) switch
    {
        "askAgain" => this["다시 조회", "Ask again"],
        "happened" => this["처리된 것을 확인함", "Seen: it happened"],
        "didNotHappen" => this["처리되지 않은 것을 확인함", "Seen: it did not happen"],
        "doneOutside" => this["별도로 환불함", "Refunded outside"],
        "settle" => this["완료 처리", "Mark as settled"],
        "cancel" => this["주문 취소", "Cancel the order"],
        "repair" => this["장부 정정", "Repaired"],
        "leave" => this["그대로 둠", "Left"],
        "note" => this["메모", "Note"],
        _ => action,
    };

    /// <summary>How our books and the provider's differ.</summary>
    public string Difference(string kind) => kind switch
    {
        "capture-missing" => this["우리 장부에 없는 결제", "A capture missing in our ledger"],
        "capture-extra" => this["결제사가 모르는 결제", "A capture the provider knows nothing of"],
        "amount-differs" => this["금액이 다름", "The amount differs"],
        "refund-missing" => this["우리 장부에 없는 환불", "A refund missing in our ledger"],
        "refund-extra" => this["결제사가 모르는 환불", "A refund the provider knows nothing of"],
        "double-charge" => this["이중 결제", "Charged twice"],
        "unknown-order" => this["우리 주문이 아닌 결제", "A charge for no order of ours"],
        "wrong-order" => this["다른 주문의 결제", "A charge of another order"],
        "state-differs" => this["결제 상태가 장부와 다름", "The payment's state does not follow from the ledger"],
        _ => kind,
    };

    /// <summary>What a repair does.</summary>
    public string RepairOf(string kind) => kind switch
    {
        "capture-missing" => this["결제를 장부에 기록하고 주문을 계속 진행합니다. 취소된 주문이면 환불합니다.", "Book the capture and let the order go on; when the order is off, send the money back."],
        "capture-extra" => this["장부에 결제를 되돌리는 기록을 더합니다. 그 뒤 주문을 취소하거나 구매자에게 알려 주세요.", "Add an entry that takes the capture back. Then cancel the order, or ask the buyer."],
        "amount-differs" => this["결제사 금액에 맞게 정정 기록을 더합니다.", "Add an entry that corrects the amount to the provider's."],
        "refund-missing" => this["환불을 장부에 기록하고 주문에 반영합니다.", "Book the refund and tell the order."],
        "refund-extra" => this["장부에서 환불을 되돌리고 결제사에 다시 요청합니다.", "Take the refund back in our ledger and ask the provider for it again."],
        "double-charge" or "unknown-order" => this["받은 금액을 장부에 기록하고 결제사에서 환불합니다.", "Book the money and send it back at the provider."],
        "state-differs" => this["장부 기준 상태로 수정합니다.", "Set the payment to what follows from the ledger."],
        _ => this["제안할 조치가 없습니다. 결제사에서 정정하거나 그대로 두세요.", "Nothing can be proposed: correct it at the provider, or leave it."],
    };

    public string Run(string status) => status switch
    {
        "waiting" => this["대기", "waiting"],
        "running" => this["대조 중", "running"],
        "done" => this["완료", "done"],
        "failed" => this["실패, 재시도 예정", "failed, tried again"],
        _ => status,
    };

    public string RefundStatus(string status) => status switch
    {
        "asked" => this["요청함", "asked"],
        "done" => this["환불됨", "done"],
        "refused" => this["거절됨", "refused"],
        "replaced" => this["다시 요청함", "asked again"],
        "outside" => this["별도로 환불함", "done outside"],
        "dropped" => this["중단", "dropped"],
        _ => status,
    };

    public string Reservation(string state) => state switch
    {
        "reserved" => this["예약됨", "reserved"],
        "sold" => this["판매됨", "sold"],
        "released" => this["반환됨", "given back"],
        "rejected" => this["재고 부족", "rejected"],
        "expired" => this["기한 만료", "expired"],
        _ => state,
    };

    public string Board(string name) => name switch
    {
        "notice" => this["공지사항", "Notices"],
        "qna" => this["상품 문의", "Questions"],
        "review" => this["후기", "Reviews"],
        "free" => this["자유게시판", "Free board"],
        _ => name,
    };

    /// <summary>An entry of an order's history, or a reason for cancelling, as people say it; a name we do not know stands as it is.</summary>
    public string Event(string what) => what switch
    {
        "placed" => this["주문 접수", "Placed"],
        "stock-reserved" => this["재고 확보", "Stock reserved"],
        "stock-rejected" or "out-of-stock" => this["재고 부족", "Out of stock"],
        "awaiting-payment" => this["결제 대기", "Awaiting payment"],
        "payment-declined" => this["결제 거절", "Payment declined"],
        "paid" => this["결제 완료", "Paid"],
        "confirmed" => this["주문 확정", "Confirmed"],
        "preparing" => this["배송 준비", "Preparing"],
        "shipped" => this["배송 시작", "Shipped"],
        "shipment-corrected" => this["운송장 수정", "Shipment corrected"],
        "delivered" => this["배송 완료", "Delivered"],
        "completed" => this["구매 확정", "Completed"],
        "cancelled" => this["취소", "Cancelled"],
        "refunded" or "refund" => this["환불", "Refund"],
        "capture" => this["결제", "Capture"],
        "refund-outside" => this["결제사 밖에서 환불", "Refund outside the provider"],
        "extra-capture" => this["주문 밖의 결제", "Captured beyond the order"],
        "extra-refund" => this["주문 밖의 결제를 환불", "Refund of what was beyond the order"],
        "capture-added" => this["결제 정정 (+)", "Capture corrected (+)"],
        "capture-reversed" => this["결제 정정 (−)", "Capture corrected (−)"],
        "refund-reversed" => this["환불 정정 (−)", "Refund corrected (−)"],
        "expired" => this["기한 만료", "Expired"],
        "buyer" => this["구매자 취소", "By the buyer"],
        "staff" => this["관리자 취소", "By staff"],
        _ => what,
    };

    /// <summary>What an entry of an order's history says beside its name: "buyer", or an amount in minor units with a reason.</summary>
    public string Detail(string detail, string currency)
    {
        var (first, rest) = detail.Split(' ', 2) is [var head, var tail] ? (head, tail) : (detail, "");
        if (!long.TryParse(first, NumberStyles.None, Plain, out var amount)) return Event(detail);
        return Price(new(amount, currency)) + (rest.Length > 0 ? $" · {Event(rest)}" : "");
    }

    /// <summary>What a coupon takes off and asks for, in one line.</summary>
    public string Terms(CouponTerms terms, string currency)
    {
        string Amount(long minor) => Price(new(minor, currency));
        var off = terms.PercentOff is { } percent ? $"{percent}%" : Amount(terms.AmountOff ?? 0);
        return string.Join(" · ", new[]
        {
            off,
            terms.MostOff is { } most ? this[$"최대 {Amount(most)}", $"at most {Amount(most)}"] : null,
            terms.MinSubtotal > 0 ? this[$"{Amount(terms.MinSubtotal)} 이상", $"from {Amount(terms.MinSubtotal)}"] : null,
        }.OfType<string>());
    }

    /// <summary>Why points moved.</summary>
    public string Points(string kind) => kind switch
    {
        "earned" => this["구매 적립", "Earned"],
        "spent" => this["주문에 사용", "Spent"],
        "restored" => this["취소로 반환", "Given back"],
        "taken-back" => this["환불로 회수", "Taken back"],
        "adjusted" => this["조정", "Adjusted"],
        _ => kind,
    };

    /// <summary>A refusal in words: the module's own sentence is English, so the known ones are said anew.</summary>
    public string Refusal(Problem problem)
    {
        if (problem.Errors is { Count: > 0 } errors)
            return string.Join('\n', errors.Select(e => $"{Field(e.Key)}: {string.Join(' ', e.Value.Select(Complaint))}"));
        if (English) return problem.Title;
        return problem.Type[(problem.Type.LastIndexOf(':') + 1)..] switch
        {
            "not-found" => "찾을 수 없습니다. 이미 삭제되었거나 주소가 다릅니다.",
            "unauthenticated" => "로그인이 만료되었습니다. 다시 로그인해 주세요.",
            "forbidden" => "권한이 없습니다.",
            "conflict" or "stale-revision" => "그사이 다른 사람이 변경했습니다. 새로고침한 뒤 다시 시도해 주세요.",
            "not-cancellable" => "지금은 취소할 수 없는 주문입니다.",
            "wrong-status" => "주문 상태가 바뀌어 처리할 수 없습니다.",
            "insufficient-stock" => "판매 가능 수량보다 많이 차감할 수 없습니다.",
            "refund-exceeds-captured" => "환불 가능 금액을 초과했습니다.",
            "refund-refused" => "결제사가 환불을 거절했습니다.",
            "payment-closed" => "이 주문은 더 이상 결제를 기다리지 않습니다.",
            "amount-mismatch" => "금액이 주문과 다릅니다.",
            "already-settled" => "그사이 처리되었습니다.",
            "capture-not-booked" => "장부에 없는 결제의 환불입니다. 그 결제의 차이를 먼저 수정해 주세요.",
            "extra-refund" => "주문 금액을 넘는 결제의 환불입니다. 결제사에서 다시 환불하면 장부와 일치합니다.",
            "extra-charge" => "주문 금액을 넘는 결제입니다. 결제사에서 바로잡거나 그대로 두세요.",
            "not-captured" => "환불할 결제 금액이 없습니다.",
            "provider-unavailable" => "결제사가 응답하지 않습니다. 잠시 뒤 다시 시도해 주세요.",
            "coupon-exists" => "이 코드의 쿠폰이 이미 있으며 조건은 변경할 수 없습니다. 기존 쿠폰을 사용 중지하고 새 코드로 등록해 주세요.",
            "points-short" => "회원의 보유 적립금보다 많이 차감할 수 없습니다.",
            "slug-taken" => "이 주소 이름은 다른 상품이 쓰고 있습니다.",
            "sku-taken" => "이 SKU나 주소 이름은 다른 상품이 쓰고 있습니다.",
            "too-many-pictures" => "사진이 너무 많습니다.",
            "too-many-comments" => "이 글에는 더 이상 댓글을 달 수 없습니다.",
            "too-many-requests" => "요청이 너무 많습니다. 잠시 뒤 다시 시도해 주세요.",
            "too-large" => "파일이나 글이 너무 큽니다.",
            _ => problem.Title,
        };
    }

    /// <summary>What is wrong with a field. The module says it in English; what staff meet often is said anew.</summary>
    internal string Complaint(string english)
    {
        if (English) return english;
        if (english.Contains("must match the regular expression", StringComparison.Ordinal)) return "형식이 맞지 않습니다.";
        if (Length().Match(english) is { Success: true } length) return $"{length.Groups[1]}~{length.Groups[2]}자로 입력해 주세요.";
        return english switch
        {
            "There is no such category." => "분류를 선택해 주세요.",
            "Has no letters." => "글자가 있어야 합니다.",
            "1 to 100." => "하나 이상 100개까지 입력해 주세요.",
            "Lower-case letters, digits and single hyphens, at most 64, and not an id." => "영문 소문자와 숫자를 하이픈 하나로 이어 64자까지 입력해 주세요.",
            "Not a JPEG, PNG or WebP picture." => "JPEG, PNG, WebP 사진이 아닙니다.",
            "Several SKUs need an option to choose by." => "SKU가 여러 개면 옵션이 있어야 합니다.",
            "One value for each option name." => "옵션마다 값을 하나씩 입력해 주세요.",
            "Two SKUs have the same options." => "옵션이 같은 SKU가 있습니다.",
            "A-Z, 0-9 and hyphens, at most 32." => "영문 대문자, 숫자, 하이픈으로 32자까지 입력해 주세요.",
            "Given twice." => "중복되었습니다.",
            "A table with too many cells." => "표의 칸이 너무 많습니다.",
            "May not hold |." => "‘|’는 입력할 수 없습니다.",
            "May not hold | or =." => "‘|’와 ‘=’는 입력할 수 없습니다.",
            "At least the lowest price." => "가장 낮은 판매가 이상이어야 합니다.",
            "Either an amount or percent." => "할인 금액과 할인율 중 하나만 입력해 주세요.",
            "The column is missing." => "열이 없습니다.",
            "The column is there twice." => "같은 열이 두 번 있습니다.",
            "There is no such column." => "없는 열입니다.",
            "Not a whole number." => "정수로 입력해 주세요.",
            "Not as many values as in Korean." => "한국어와 값의 개수가 다릅니다.",
            "Not as many rows as in Korean." => "한국어와 행의 개수가 다릅니다.",
            "Not UTF-8. Save the file as \"CSV UTF-8\"." => "UTF-8이 아닙니다. ‘CSV UTF-8’로 저장해 주세요.",
            _ => $"값을 확인해 주세요. ({english})",
        };
    }

    [GeneratedRegex(@"^(\d+) to (\d+) characters\.$")] private static partial Regex Length();

    [GeneratedRegex(@"^skus\[(\d+)\]\.")] private static partial Regex OneSku();

    /// <summary>A field that holds no number or time.</summary>
    public string Unreadable(string field) => this[$"{Field(field)}: 값을 확인해 주세요.", $"{Field(field)}: please check the value."];

    string Field(string name) => name switch
    {
        "courier" => this["택배사", "Courier"],
        "trackingNumber" => this["운송장 번호", "Tracking number"],
        "amount" or "amount.amount" => this["금액", "Amount"],
        "reason" => this["사유", "Reason"],
        "providerKey" => this["결제사 결제 번호", "The provider's payment key"],
        "change" => this["수량", "Change"],
        "code" => this["코드", "Code"],
        "name.ko" => this["이름 (한국어)", "Name (Korean)"],
        "name.en" => this["이름 (영어)", "Name (English)"],
        "amountOff" => this["할인 금액", "Amount off"],
        "percentOff" => this["할인율", "Percent off"],
        "mostOff" => this["최대 할인", "At most"],
        "minSubtotal" => this["최소 주문 금액", "Smallest order"],
        "validFrom" => this["시작", "From"],
        "validUntil" => this["종료", "Until"],
        "totalLimit" => this["전체 횟수", "Uses in all"],
        "memberLimit" => this["회원당 횟수", "Uses per member"],
        "brand" => this["브랜드", "Brand"],
        "brand.ko" => this["브랜드 (한국어)", "Brand (Korean)"],
        "brand.en" => this["브랜드 (영어)", "Brand (English)"],
        "summary.ko" => this["한 줄 소개 (한국어)", "Summary (Korean)"],
        "summary.en" => this["한 줄 소개 (영어)", "Summary (English)"],
        "listPrice" => this["할인 전 가격", "Price before discount"],
        "skus" => "SKU",
        _ when OneSku().Match(name) is { Success: true } sku => $"SKU {int.Parse(sku.Groups[1].ValueSpan, Plain) + 1}",
        "description.ko" => this["설명 (한국어)", "Description (Korean)"],
        "description.en" => this["설명 (영어)", "Description (English)"],
        _ when name.StartsWith("optionNames", StringComparison.Ordinal) => this["옵션", "Options"],
        _ when name.StartsWith("notice", StringComparison.Ordinal) => this["상품정보제공고시", "Legal product notice"],
        "pictures" => this["사진", "Pictures"],
        "keywords" => this["검색어", "Search keywords"],
        "title" => this["제목", "Title"],
        "body" => this["내용", "Body"],
        "slug" => this["주소 이름", "Slug"],
        "category" => this["분류", "Category"],
        "search" => this["검색어", "Search"],
        _ => name,
    };
}
