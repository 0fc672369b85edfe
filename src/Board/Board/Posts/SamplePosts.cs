using Jangteo.Board.Contracts;
using Jangteo.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Jangteo.Board;

/// <summary>Puts a few posts on empty boards at the first start. No reviews: nobody has bought anything yet.</summary>
sealed class SamplePosts(IServiceProvider services, [FromKeyedServices(typeof(BoardDb))] ModuleStore store, IOptions<BoardOptions> options, TimeProvider time, ILogger<SamplePosts> log) : IHostedService
{
    const string Visitor = "체험*님";

    public async Task StartAsync(CancellationToken ct)
    {
        if (!options.Value.Sample || !await store.IsEmpty("posts", ct)) return;
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<BoardDb>();
        foreach (var sample in All) Add(db, sample, time.GetUtcNow());
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException e)
        {
            // The ids are fixed, so of several replicas that start at once only one adds them.
            log.LogInformation("The sample posts are there already: {Reason}", e.InnerException?.Message);
        }
    }

    public Task StopAsync(CancellationToken ct) => Task.CompletedTask;

    static void Add(BoardDb db, Sample sample, DateTimeOffset now)
    {
        var byStaff = sample.Board == Boards.Notice;
        var post = new Post
        {
            Id = Guid.Parse($"01900000-0000-7000-8000-{sample.Number:D12}"), Board = sample.Board, ByStaff = byStaff, GivenName = byStaff ? null : Visitor,
            At = now.AddHours(-sample.HoursAgo), Pinned = sample.Pinned,
        };
        post.Write(sample.Title, sample.Body);
        db.Add(post);
        db.Send(post.Changed);
        if (sample.Reply is null) return;
        (post.CommentCount, post.Answered) = (1, true);
        db.Add(new Comment
        {
            Id = Guid.Parse($"01900000-0000-7000-9000-{sample.Number:D12}"), PostId = post.Id, ByStaff = true, Body = sample.Reply, Html = Markup.ToHtml(sample.Reply),
            At = post.At.AddMinutes(25),
        });
    }

    sealed record Sample(int Number, string Board, string Title, string Body, int HoursAgo, bool Pinned = false, string? Reply = null);

    static readonly Sample[] All =
    [
        new(1, Boards.Notice, "장터가 문을 열었습니다 · Jangteo is open", """
            안녕하세요, **장터**입니다. 찾아와 주셔서 고맙습니다.

            - 검색창에 `사과`, `무선 이어폰`처럼 찾으시는 물건을 적어 보세요. 두 글자만 적으셔도 찾아 드립니다.
            - 회원이 아니어도 장바구니에 담을 수 있고, 로그인하시면 담아 두신 그대로 이어집니다.
            - 궁금한 점은 상품 화면의 **상품 문의**에 남겨 주세요. 다른 분께 보이지 않는 *비밀글*로도 쓸 수 있습니다.

            앞으로 좋은 물건으로 보답하겠습니다.

            ---

            Welcome to **Jangteo**, and thank you for coming by.

            - Search in Korean or English: part of a word is enough.
            - Fill your cart as a guest; it follows you when you log in.
            - Ask about any product on its page, in public or in a *secret* question that only we can read.
            """, 96, Pinned: true),
        new(2, Boards.Notice, "배송과 배송비 안내 · Delivery", """
            ### 언제 오나요?

            결제가 확인되면 **평일 1–2일 안에** 보내 드립니다. 제주와 도서 산간은 2–3일이 더 걸릴 수 있습니다.
            보낸 뒤에는 *내 주문*에서 택배사와 운송장 번호를 보실 수 있습니다.

            ### 배송비는 얼마인가요?

            배송비와 무료 배송 기준은 장바구니와 주문서에 결제 전에 모두 표시됩니다. 나중에 더해지는 금액은 없습니다.

            ---

            We send your order **within one or two working days** after payment; islands take a little longer. The courier and
            tracking number appear in *My orders*. The delivery fee is shown in the cart and at checkout before you pay, and
            nothing is added later.
            """, 72),
        new(3, Boards.Notice, "주문 취소와 환불 안내 · Cancelling and refunds", """
            - 배송 준비를 시작하기 전에는 *내 주문*에서 **바로 취소**하실 수 있습니다.
            - 결제하신 금액은 결제하신 방법 그대로 돌려 드리며, 처리 결과는 주문 내역에 남습니다.
            - 배송이 시작된 뒤에는 자유게시판이나 상품 문의에 남겨 주시면 도와 드리겠습니다.

            ---

            Until we begin to pack it, you can **cancel an order yourself** in *My orders*. The full amount goes back the way it
            was paid, and the order's history shows it. Once it is on its way, write to us and we will help.
            """, 48),
        new(4, Boards.Notice, "후기는 구매하신 분만 쓸 수 있습니다 · Reviews are by buyers only", """
            장터의 상품 후기에는 모두 **구매 확인** 표시가 있습니다. 실제로 결제된 주문 한 줄에 후기 하나만 쓸 수 있고,
            장터는 후기의 글이나 별점을 고치지 않습니다. 광고나 욕설처럼 규칙에 어긋나는 글은 *신고*해 주세요. 살펴보고 가리겠습니다.

            ---

            Every review here is by somebody who **really bought** the product: one review for each line of a paid order. We never
            edit its words or its stars. Please *report* advertising or abuse; we look at every report.
            """, 24),
        new(5, Boards.Questions, "선물 포장이 되나요?", "부모님께 보내 드리려고 합니다. 선물 포장과 짧은 손편지도 함께 넣어 주실 수 있을까요?", 30,
            Reply: "네, 됩니다! 주문하실 때 **배송 요청 사항**에 적어 주시면 정성껏 포장해서 보내 드리겠습니다. 포장비는 받지 않습니다."),
        new(6, Boards.Questions, "Do you deliver to offices?", "I am rarely at home during the day. Can you deliver to my office, and can I give a note for the courier?", 20,
            Reply: "Of course: enter the office as the delivery address and add your note for the courier at checkout."),
        new(7, Boards.Free, "첫 글 남겨 봅니다", "동네 장터 구경하듯 둘러보는 재미가 있네요. 다들 뭐 담으셨나요? 저는 사과부터 골랐습니다.", 18,
            Reply: "반갑습니다! 즐거운 장보기 되세요."),
        new(8, Boards.Free, "사과 오래 보관하는 방법", """
            냉장고에서 사과를 오래 두고 먹으려면 이렇게 해 보세요.

            1. 씻지 말고 한 알씩 종이로 쌉니다.
            2. 비닐봉지에 담아 채소 칸에 넣습니다.
            3. 다른 과일과는 **따로** 둡니다. 사과에서 나오는 에틸렌이 다른 과일을 빨리 익게 합니다.

            반대로 덜 익은 키위나 바나나는 사과와 함께 두면 금방 익습니다.
            """, 9),
        new(9, Boards.Free, "Hello from an English speaker", "Nice to find a Korean shop with an English switch. The word for *apple* is the first one I learnt here: 사과.", 4),
    ];
}
