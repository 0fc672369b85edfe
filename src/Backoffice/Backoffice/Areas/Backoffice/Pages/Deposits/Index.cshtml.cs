using System.Globalization;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Jangteo.Backoffice.Pages.Deposits;

/// <summary>/backoffice/deposits: what came into the shop's account, entered from the statement; each is matched to its order or sent back.</summary>
[RequestSizeLimit(MaxUploadBytes), RequestFormLimits(MultipartBodyLengthLimit = MaxUploadBytes)]
sealed class IndexPage : StaffPage
{
    const long MaxUploadBytes = 1 << 20;
    const int PageSize = 30;
    static readonly TimeSpan s_seoul = TimeSpan.FromHours(9);
    static readonly string[] s_times = ["yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm", "yyyy.MM.dd HH:mm:ss", "yyyy.MM.dd HH:mm", "yyyy/MM/dd HH:mm:ss", "yyyy/MM/dd HH:mm", "yyyy-MM-dd"];

    [BindProperty(SupportsGet = true)] public DepositStatus Status { get; set; }
    [BindProperty(SupportsGet = true)] public string? After { get; set; }

    public Page<DepositView> Found { get; private set; } = new([], null);

    /// <summary>What was typed, when it was not entered.</summary>
    public string? Lines { get; private set; }

    public (DepositStatus Status, string Name)[] Tabs => [(DepositStatus.Unmatched, W["미확인", "Unmatched"]), (DepositStatus.Matched, W["주문 확인됨", "Matched"]), (DepositStatus.Returned, W["반환됨", "Returned"])];

    public async Task OnGet() => Found = await Ask("payments", () => Modules.Payments.Deposits(Status, After, PageSize, Ct)) ?? Found;

    public async Task<IActionResult> OnPostEnter(string? lines, IFormFile? csv)
    {
        using var reader = csv is { Length: > 0 } ? new StreamReader(csv.OpenReadStream()) : null;
        var text = reader is null ? lines ?? "" : await reader.ReadToEndAsync(Ct);
        var (read, wrong) = Read(text);
        if (wrong.Count > 0 || read.Count is 0 or > DepositLimits.Lines)
        {
            Troubles.Add(wrong.Count > 0 ? W[$"아무것도 등록하지 않았습니다. 읽을 수 없는 줄: {string.Join(", ", wrong)}", $"Nothing was entered. Lines that cannot be read: {string.Join(", ", wrong)}"]
                : W[$"1줄에서 {DepositLimits.Lines}줄까지 등록할 수 있습니다.", $"Between 1 and {DepositLimits.Lines} lines."]);
        }
        else if (await Do("payments", () => Modules.Payments.EnterDeposits(read, Ct), "") is { } entered)
        {
            Done = W[$"{entered.Added}건을 등록했고 {entered.Matched}건이 주문과 일치했습니다. {entered.Known}건은 이미 등록되어 있었습니다.", $"{entered.Added} lines entered, {entered.Matched} matched an order, {entered.Known} were known."];
            return Redirect("/backoffice/deposits");
        }
        Lines = reader is null ? lines : null;
        await OnGet();
        return Page();
    }

    public async Task<IActionResult> OnPostMatch(Guid id, Guid orderId)
    {
        await Do("payments", () => Modules.Payments.MatchDeposit(id, orderId, Ct), W["입금을 주문에 연결했습니다.", "The deposit pays the order."]);
        return Redirect("/backoffice/deposits");
    }

    public async Task<IActionResult> OnPostReturn(Guid id, string? note)
    {
        await Do("payments", () => Modules.Payments.ReturnDeposit(id, note?.Trim() ?? "", Ct), W["반환 처리했습니다.", "Noted as sent back."]);
        return Redirect("/backoffice/deposits");
    }

    public string WhyOf(DepositView deposit) => deposit.Why switch
    {
        "no-code" => W["코드 없음", "No code"],
        "ambiguous" => W["코드가 여러 개", "Several codes"],
        "wrong-amount" => W["금액이 다름", "Another amount"],
        "not-open" => W["늦었거나 끝난 주문", "Too late"],
        _ => deposit.Why,
    };

    /// <summary>The statement's lines, and the numbers of those that cannot be read. A line of headings at the top is left out.</summary>
    static (List<DepositLine> Lines, List<int> Wrong) Read(string text)
    {
        var (lines, wrong) = (new List<DepositLine>(), new List<int>());
        var rows = text.TrimStart('\uFEFF').Split('\n').Select(r => r.Trim()).ToList();
        for (var i = 0; i < rows.Count; i++)
        {
            if (rows[i].Length == 0) continue;
            if (LineOf(Fields(rows[i])) is { } line) lines.Add(line);
            else if (i > 0 || rows[i].Any(char.IsDigit)) wrong.Add(i + 1);
        }
        return (lines, wrong);
    }

    static DepositLine? LineOf(List<string> fields) =>
        fields.Count is 3 or 4 && !IsTornAmount(fields) && DateTime.TryParseExact(fields[0], s_times, CultureInfo.InvariantCulture, DateTimeStyles.None, out var at)
        && Form.Minor(fields[1], "KRW") is > 0 and var amount && fields[2].Length is > 0 and <= 50
            ? new(new DateTimeOffset(at, s_seoul), Money.Won(amount), fields[2], fields.Count == 4 ? fields[3] : "")
            : null;

    // "32,000" without quotes falls into two fields: 32 won from somebody called "000", which no order would ever meet.
    static bool IsTornAmount(List<string> fields) =>
        fields[1] is { Length: <= 3 } head && head.All(char.IsAsciiDigit) && fields[2].TrimEnd('원') is { Length: 3 } rest && rest.All(char.IsAsciiDigit);

    /// <summary>Splits at commas or tabs; what is in quotes may hold them.</summary>
    static List<string> Fields(string row)
    {
        var fields = new List<string> { "" };
        var quoted = false;
        foreach (var c in row)
        {
            if (c == '"') quoted = !quoted;
            else if (c is ',' or '\t' && !quoted) fields.Add("");
            else fields[^1] += c;
        }
        return fields.ConvertAll(f => f.Trim());
    }
}
