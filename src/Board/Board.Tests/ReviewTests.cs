using Jangteo.Board.Contracts;
using Jangteo.Orders.Contracts;
using Jangteo.Platform;

namespace Jangteo.Board.Tests;

public class ReviewTests
{
    public static TheoryData<bool> BothDatabases => [true, false];

    [Theory, MemberData(nameof(BothDatabases))]
    public async Task A_buyer_reviews_each_bought_line_once(bool sqlite)
    {
        await using var board = await TestBoard.Open(sqlite);
        var (kimId, kim) = await board.Member("김*수");
        var order = await board.Buy(kimId, (TestBoard.Apples, "APPLE-3"), (TestBoard.Apples, "APPLE-5"), (TestBoard.Pears, "PEAR-1"));
        Assert.Equal(["APPLE-3", "APPLE-5", "PEAR-1"], (await kim.Reviewable()).Required.Select(r => r.Sku));
        Assert.Equal(["PEAR-1"], (await kim.Reviewable(TestBoard.Pears)).Required.Select(r => r.Sku));

        var review = (await kim.Review(order, "APPLE-3", 5)).Required;
        Assert.True(review.VerifiedPurchase);
        (await kim.Review(order, "APPLE-3", 4)).IsRefused(409, "already-reviewed");
        Assert.True((await kim.Review(order, "APPLE-5", 2)).Ok);
        Assert.Equal(["PEAR-1"], (await kim.Reviewable()).Required.Select(r => r.Sku));

        var list = (await board.Nobody.Reviews(TestBoard.Apples)).Required;
        Assert.Equal((2, 35), (list.Total, list.RatingTenths));
        Assert.Equal([0, 1, 0, 0, 1], list.CountByStars);
        Assert.All(list.Items, r => Assert.Equal(("김*수", true), (r.Author, r.VerifiedPurchase)));
        Assert.Equal([5, 2], (await board.Service.Announced<ReviewPosted>()).Select(r => r.Stars));
    }

    [Fact]
    public async Task Only_what_the_caller_bought_is_reviewed()
    {
        await using var board = await TestBoard.Open();
        var (kimId, kim) = await board.Member("김*수");
        var (_, lee) = await board.Member("이*영");
        var order = await board.Buy(kimId, (TestBoard.Apples, "APPLE-3"));
        (await lee.Review(order, "APPLE-3", 1)).IsRefused(409, "not-purchased");
        (await kim.Review(order, "APPLE-5", 5)).IsRefused(409, "not-purchased");
        (await kim.Review(order, "APPLE-3", 5, TestBoard.Pears)).IsRefused(409, "not-purchased");
        (await kim.Review(Guid.CreateVersion7(), "APPLE-3", 5)).IsRefused(409, "not-purchased");
        Assert.Equal(0, (await board.Nobody.Reviews(TestBoard.Apples)).Required.Total);
        Assert.Empty(await board.Service.Announced<ProductRatingChanged>());
    }

    [Theory, MemberData(nameof(BothDatabases))]
    public async Task Of_many_reviews_of_one_line_at_once_one_is_written(bool sqlite)
    {
        await using var board = await TestBoard.Open(sqlite);
        var (kimId, kim) = await board.Member("김*수");
        var order = await board.Buy(kimId, (TestBoard.Apples, "APPLE-3"));
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => kim.Review(order, "APPLE-3", 4)));
        Assert.Single(answers, a => a.Ok);
        Assert.All(answers.Where(a => !a.Ok), a => Assert.Equal(409, a.Problem!.Status));
        var list = (await board.Nobody.Reviews(TestBoard.Apples)).Required;
        Assert.Equal((1, 1), (list.Total, list.Items.Count));
    }

    [Theory, MemberData(nameof(BothDatabases))]
    public async Task The_rating_follows_every_change_with_a_growing_revision(bool sqlite)
    {
        await using var board = await TestBoard.Open(sqlite);
        var (kimId, kim) = await board.Member("김*수");
        var (leeId, lee) = await board.Member("이*영");
        var ofKim = (await kim.Review(await board.Buy(kimId, (TestBoard.Apples, "A")), "A", 5)).Required;
        var ofLee = (await lee.Review(await board.Buy(leeId, (TestBoard.Apples, "A")), "A", 2)).Required;
        await lee.Change(Boards.Review, ofLee.Id, new(Stars: 4));
        await lee.Change(Boards.Review, ofLee.Id, new(Title: "다시"));
        (await board.Staff.Change(Boards.Review, ofLee.Id, new(Stars: 1))).IsRefused(403, "forbidden");
        await board.Staff.Change(Boards.Review, ofKim.Id, new(Hidden: true));
        await board.Staff.Change(Boards.Review, ofKim.Id, new(Hidden: false));
        await kim.Delete(Boards.Review, ofKim.Id);
        await lee.Delete(Boards.Review, ofLee.Id);

        Assert.Equal([(50, 1, 1), (35, 2, 2), (45, 2, 3), (40, 1, 4), (45, 2, 5), (40, 1, 6), (null, 0, 7)],
            (await board.Service.Announced<ProductRatingChanged>()).Select(r => ((int?)r.RatingTenths, r.ReviewCount, r.Revision)));
        Assert.Single((await kim.Reviewable()).Required);
    }

    [Theory, MemberData(nameof(BothDatabases))]
    public async Task Who_cancels_the_order_loses_the_review(bool sqlite)
    {
        await using var board = await TestBoard.Open(sqlite);
        var (kimId, kim) = await board.Member("김*수");
        var order = await board.Buy(kimId, (TestBoard.Apples, "APPLE-3"), (TestBoard.Pears, "PEAR-1"));
        var review = (await kim.Review(order, "APPLE-3", 5)).Required;
        await board.Service.Deliver<Purchases>("orders", new OrderCancelled(order, "1", kimId, "changed-mind", true, board.Clock.GetUtcNow()));

        Assert.Equal(0, (await board.Nobody.Reviews(TestBoard.Apples)).Required.Total);
        (await board.Nobody.Post(Boards.Review, review.Id)).IsRefused(404, "not-found");
        Assert.Empty((await kim.Reviewable()).Required);
        (await kim.Review(order, "PEAR-1", 5, TestBoard.Pears)).IsRefused(409, "not-purchased");
        Assert.Equal(2, (await board.Service.Announced<ProductRatingChanged>()).Count);
    }

    [Fact]
    public async Task A_cancellation_that_overtakes_its_confirmation_wins()
    {
        await using var board = await TestBoard.Open();
        var (kimId, kim) = await board.Member("김*수");
        var order = Guid.CreateVersion7();
        await board.Service.Deliver<Purchases>("orders",
            new OrderCancelled(order, "1", kimId, "changed-mind", true, board.Clock.GetUtcNow()),
            new OrderConfirmed(order, "1", kimId, [new(TestBoard.Apples, "A", new("", ""), new("", ""), 1, Money.Won(1))], Money.Won(1), board.Clock.GetUtcNow()));
        Assert.Empty((await kim.Reviewable()).Required);
    }

    [Fact]
    public async Task A_hidden_review_is_not_written_anew_by_deleting_it()
    {
        await using var board = await TestBoard.Open();
        var (kimId, kim) = await board.Member("김*수");
        var order = await board.Buy(kimId, (TestBoard.Apples, "A"));
        var review = (await kim.Review(order, "A", 1)).Required;
        await board.Staff.Change(Boards.Review, review.Id, new(Hidden: true));
        Assert.True((await kim.Delete(Boards.Review, review.Id)).Ok);
        (await kim.Review(order, "A", 1)).IsRefused(409, "already-reviewed");
    }

    [Fact]
    public async Task Reviews_are_paged_with_the_shops_replies()
    {
        await using var board = await TestBoard.Open();
        for (var i = 0; i < 5; i++)
        {
            var (id, client) = await board.Member("김*수");
            var review = (await client.Review(await board.Buy(id, (TestBoard.Apples, "A")), "A", 3)).Required;
            await board.Staff.Comment(Boards.Review, review.Id, new("고맙습니다"), Writing.Key);
        }
        var first = (await board.Nobody.Reviews(TestBoard.Apples, limit: 3)).Required;
        var second = (await board.Nobody.Reviews(TestBoard.Apples, first.Next, limit: 3)).Required;
        Assert.Equal((3, 2, 5), (first.Items.Count, second.Items.Count, second.Total));
        Assert.Null(second.Next);
        Assert.All([.. first.Items, .. second.Items], r => Assert.True(Assert.Single(r.Comments).ByStaff));
        Assert.Equal(5, first.Items.Concat(second.Items).Select(r => r.Id).Distinct().Count());
    }

    [Theory, MemberData(nameof(BothDatabases))]
    public async Task Much_talked_about_reviews_leave_the_others_and_the_shop_their_say(bool sqlite)
    {
        await using var board = await TestBoard.Open(sqlite);
        var (kimId, kim) = await board.Member("김*수");
        var order = await board.Buy(kimId, (TestBoard.Apples, "A"), (TestBoard.Apples, "B"));
        var (old, latest) = ((await kim.Review(order, "A", 5)).Required.Id, (await kim.Review(order, "B", 5)).Required.Id);
        foreach (var i in Enumerable.Range(0, 7)) await kim.Comment(Boards.Review, old, new($"{i}"), Writing.Key);
        await board.Staff.Comment(Boards.Review, old, new("고맙습니다"), Writing.Key);
        await kim.Comment(Boards.Review, latest, new("나도"), Writing.Key);

        var reviews = (await board.Nobody.Reviews(TestBoard.Apples)).Required.Items.ToDictionary(r => r.Id, r => r.Comments.Select(c => c.Html.Trim()));
        Assert.Equal(["<p>0</p>", "<p>1</p>", "<p>2</p>", "<p>3</p>", "<p>고맙습니다</p>"], reviews[old]);
        Assert.Equal(["<p>나도</p>"], reviews[latest]);
        Assert.Equal(8, (await board.Nobody.Post(Boards.Review, old)).Required.Comments.Count);
    }

    [Theory, InlineData(0, 0, 0, 0, 0, null), InlineData(0, 0, 0, 0, 3, 50), InlineData(1, 0, 0, 0, 0, 10), InlineData(0, 0, 0, 1, 3, 48), InlineData(0, 1, 0, 0, 2, 40), InlineData(0, 0, 0, 19, 1, 41)]
    public void The_average_is_rounded_to_tenths(int one, int two, int three, int four, int five, int? tenths) =>
        Assert.Equal(tenths, new Rating { One = one, Two = two, Three = three, Four = four, Five = five }.Tenths);
}
