using System.Net;
using System.Net.Http.Json;
using Jangteo.Board.Contracts;
using Jangteo.Identity.Contracts;
using Jangteo.Orders.Contracts;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Board.Tests;

public class PostTests
{
    public static TheoryData<bool> BothDatabases => [true, false];

    [Theory, MemberData(nameof(BothDatabases))]
    public async Task A_post_is_written_read_changed_and_deleted_by_its_writer(bool sqlite)
    {
        await using var board = await TestBoard.Open(sqlite);
        var (_, kim) = await board.Member("김*수");

        var post = await kim.Free("안녕하세요", "**처음** 왔습니다");
        Assert.Equal(("김*수", true, "<p><strong>처음</strong> 왔습니다</p>"), (post.Author, post.Mine, post.Html.Trim()));
        var seen = (await board.Nobody.Post(Boards.Free, post.Id)).Required;
        Assert.Equal(("", false, "김*수"), (seen.Source, seen.Mine, seen.Author));

        var changed = (await kim.Change(Boards.Free, post.Id, new(Title: "다시 안녕하세요"))).Required;
        Assert.Equal(("다시 안녕하세요", "**처음** 왔습니다"), (changed.Title, changed.Source));
        Assert.NotNull(changed.ChangedAt);

        Assert.True((await kim.Delete(Boards.Free, post.Id)).Ok);
        (await kim.Post(Boards.Free, post.Id)).IsRefused(404, "not-found");
        Assert.Equal(3, (await board.Service.Announced<BoardChanged>()).Count);
    }

    [Fact]
    public async Task Only_staff_write_notices_and_the_shop_is_their_author()
    {
        await using var board = await TestBoard.Open();
        var (_, kim) = await board.Member("김*수");
        (await kim.Write(Boards.Notice, new("공지", "내용"), Writing.Key)).IsRefused(403, "forbidden");
        (await board.Nobody.Write(Boards.Free, new("글", "내용"), Writing.Key)).IsRefused(401, "unauthenticated");

        var notice = (await board.Staff.Write(Boards.Notice, new("공지", "내용"), Writing.Key)).Required;
        Assert.Equal(("장터", true), (notice.Author, notice.ByStaff));
        var colleague = new BoardClient(board.English(Guid.CreateVersion7(), staff: true));
        var changed = (await colleague.Change(Boards.Notice, notice.Id, new(Title: "새 공지", Pinned: true))).Required;
        Assert.Equal(("새 공지", true, "Jangteo"), (changed.Title, changed.Pinned, changed.Author));
    }

    [Theory, MemberData(nameof(BothDatabases))]
    public async Task A_secret_question_is_a_row_without_title_to_others_and_cannot_be_opened_found_or_reported(bool sqlite)
    {
        await using var board = await TestBoard.Open(sqlite);
        var (_, kim) = await board.Member("김*수");
        var (_, lee) = await board.Member("이*영");
        var secret = await kim.Ask("제 주소는 서울입니다", secret: true);

        foreach (var other in new[] { lee, board.Nobody })
        {
            var row = Assert.Single((await other.Posts(Boards.Questions)).Required.Items);
            Assert.Equal(("", false, true, "김*수"), (row.Title, row.Readable, row.Secret, row.Author));
            Assert.Empty((await other.Posts(Boards.Questions, search: "서울")).Required.Items);
            (await other.Post(Boards.Questions, secret.Id)).IsRefused(404, "not-found");
        }
        (await lee.Comment(Boards.Questions, secret.Id, new("?"), Writing.Key)).IsRefused(404, "not-found");
        (await lee.Report(Boards.Questions, secret.Id, new("?"))).IsRefused(404, "not-found");
        (await lee.Change(Boards.Questions, secret.Id, new(Secret: false))).IsRefused(404, "not-found");
        (await lee.Delete(Boards.Questions, secret.Id)).IsRefused(404, "not-found");

        Assert.Equal(["제 주소는 서울입니다"], await kim.Titles(Boards.Questions, "서울"));
        Assert.Equal(["제 주소는 서울입니다"], await board.Staff.Titles(Boards.Questions, "주소"));
        var answered = (await board.Staff.Comment(Boards.Questions, secret.Id, new("확인했습니다"), Writing.Key)).Required;
        Assert.True(Assert.Single(answered.Comments).ByStaff);
        var mine = Assert.Single((await kim.Posts(Boards.Questions)).Required.Items);
        Assert.Equal((true, 1, "부사 사과", "apples"), (mine.Answered, mine.CommentCount, mine.ProductNameKo, mine.ProductSlug));
    }

    [Fact]
    public async Task A_hidden_post_is_seen_by_its_writer_and_staff_only_until_it_is_shown_again()
    {
        await using var board = await TestBoard.Open();
        var (_, kim) = await board.Member("김*수");
        var post = await kim.Free("광고");
        (await kim.Change(Boards.Free, post.Id, new(Hidden: true))).IsRefused(403, "forbidden");
        Assert.True((await board.Staff.Change(Boards.Free, post.Id, new(Hidden: true))).Required.Hidden);

        Assert.Empty(await board.Nobody.Titles(Boards.Free));
        (await board.Nobody.Post(Boards.Free, post.Id)).IsRefused(404, "not-found");
        Assert.Equal(["광고"], await kim.Titles(Boards.Free));
        Assert.True((await kim.Post(Boards.Free, post.Id)).Required.Hidden);

        await board.Staff.Change(Boards.Free, post.Id, new(Hidden: false));
        Assert.True((await board.Nobody.Post(Boards.Free, post.Id)).Ok);
    }

    [Fact]
    public async Task Neither_another_member_nor_staff_change_what_somebody_wrote()
    {
        await using var board = await TestBoard.Open();
        var (_, kim) = await board.Member("김*수");
        var (_, lee) = await board.Member("이*영");
        var post = await kim.Free("내 글");
        (await lee.Change(Boards.Free, post.Id, new(Title: "남의 글"))).IsRefused(403, "forbidden");
        (await lee.Change(Boards.Free, post.Id, new())).IsRefused(403, "forbidden");
        (await lee.Delete(Boards.Free, post.Id)).IsRefused(403, "forbidden");
        (await board.Staff.Change(Boards.Free, post.Id, new(Body: "남의 글"))).IsRefused(403, "forbidden");
        Assert.Equal("내 글", (await kim.Post(Boards.Free, post.Id)).Required.Title);
        Assert.True((await board.Staff.Delete(Boards.Free, post.Id)).Ok);
    }

    [Theory, MemberData(nameof(BothDatabases))]
    public async Task Search_finds_parts_of_Korean_words_in_title_and_body_whatever_the_case(bool sqlite)
    {
        await using var board = await TestBoard.Open(sqlite);
        var (_, kim) = await board.Member("김*수");
        await kim.Free("맛있는 부사사과 추천", "아침마다 먹어요");
        await kim.Free("Wireless EARPHONES", "소리가 좋습니다. 100% _만족_");
        await kim.Free("그냥", "배와 사과를 함께 샀어요");

        Assert.Equal(["그냥", "맛있는 부사사과 추천"], await board.Nobody.Titles(Boards.Free, "사과"));
        Assert.Equal(["Wireless EARPHONES"], await board.Nobody.Titles(Boards.Free, "earPhone"));
        Assert.Equal(["맛있는 부사사과 추천"], await board.Nobody.Titles(Boards.Free, "아침 사과"));
        Assert.Equal(["Wireless EARPHONES"], await board.Nobody.Titles(Boards.Free, "100%"));
        Assert.Empty(await board.Nobody.Titles(Boards.Free, "1_0"));
        Assert.Empty(await board.Nobody.Titles(Boards.Notice, "사과"));
    }

    [Theory, MemberData(nameof(BothDatabases))]
    public async Task Pages_neither_skip_nor_repeat_while_posts_are_added_and_pinned_ones_come_first(bool sqlite)
    {
        await using var board = await TestBoard.Open(sqlite);
        for (var i = 1; i <= 7; i++) await board.Staff.Write(Boards.Notice, new($"{i}", "내용"), Writing.Key);
        var second = (await board.Staff.Posts(Boards.Notice)).Required.Items.Single(p => p.Title == "2");
        await board.Staff.Change(Boards.Notice, second.Id, new(Pinned: true));

        List<string> titles = [];
        string? after = null;
        do
        {
            var page = (await board.Nobody.Posts(Boards.Notice, after: after, limit: 3)).Required;
            titles.AddRange(page.Items.Select(p => p.Title));
            await board.Staff.Write(Boards.Notice, new("later", "내용"), Writing.Key);
            after = page.Next;
        }
        while (after is not null);
        Assert.Equal(["2", "7", "6", "5", "4", "3", "1"], titles);
    }

    [Theory, MemberData(nameof(BothDatabases))]
    public async Task A_member_reports_a_post_once_even_in_parallel_and_staff_find_it(bool sqlite)
    {
        await using var board = await TestBoard.Open(sqlite);
        var (_, kim) = await board.Member("김*수");
        var (_, lee) = await board.Member("이*영");
        var post = await kim.Free("광고");
        await kim.Free("좋은 글");

        var reports = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => lee.Report(Boards.Free, post.Id, new("광고입니다"))));
        Assert.All(reports, r => Assert.True(r.Ok));
        var reported = Assert.Single((await board.Staff.Posts(Boards.Free, reported: true)).Required.Items);
        Assert.Equal((post.Id, 1), (reported.Id, reported.ReportCount));
        (await lee.Posts(Boards.Free, reported: true)).IsRefused(403, "forbidden");
        Assert.Equal((0, null), ((await lee.Post(Boards.Free, post.Id)).Required.ReportCount, (await lee.Post(Boards.Free, post.Id)).Required.Reports));
        (await kim.Change(Boards.Free, post.Id, new(ReportsSettled: true))).IsRefused(403, "forbidden");
        Assert.Equal("광고입니다", Assert.Single((await board.Staff.Change(Boards.Free, post.Id, new(ReportsSettled: true))).Required.Reports!).Reason);
        Assert.Empty((await board.Staff.Posts(Boards.Free, reported: true)).Required.Items);
    }

    [Theory, MemberData(nameof(BothDatabases))]
    public async Task The_same_key_writes_one_post(bool sqlite)
    {
        await using var board = await TestBoard.Open(sqlite);
        var (_, kim) = await board.Member("김*수");
        var key = Writing.Key;
        var first = (await kim.Write(Boards.Free, new("한 번", "내용"), key)).Required;
        Assert.Equal(first.Id, (await kim.Write(Boards.Free, new("한 번", "내용"), key)).Required.Id);
        (await kim.Write(Boards.Free, new("두 번", "내용"), key)).IsRefused(422, "idempotency-key-reused");
        Assert.Single(await kim.Titles(Boards.Free));
    }

    [Theory, MemberData(nameof(BothDatabases))]
    public async Task Comments_in_parallel_are_all_counted_and_removed_by_writer_or_staff(bool sqlite)
    {
        await using var board = await TestBoard.Open(sqlite);
        var (_, kim) = await board.Member("김*수");
        var (_, lee) = await board.Member("이*영");
        var post = await kim.Free("글");
        for (var i = 0; i < 3; i++)
            Assert.All(await Task.WhenAll(kim.Comment(Boards.Free, post.Id, new("하나"), Writing.Key), lee.Comment(Boards.Free, post.Id, new("둘"), Writing.Key)), c => Assert.True(c.Ok, c.Problem?.Title));
        Assert.Equal(6, Assert.Single((await kim.Posts(Boards.Free)).Required.Items).CommentCount);

        var ofLee = (await lee.Post(Boards.Free, post.Id)).Required.Comments.First(c => c.Mine);
        (await kim.DeleteComment(Boards.Free, post.Id, ofLee.Id)).IsRefused(403, "forbidden");
        Assert.True((await board.Staff.DeleteComment(Boards.Free, post.Id, ofLee.Id)).Required.Comments.Single(c => c.Id == ofLee.Id).Hidden);
        // Asked again by who did not see it hidden, it is left to be seen by its writer and staff.
        Assert.Contains((await board.Staff.DeleteComment(Boards.Free, post.Id, ofLee.Id)).Required.Comments, c => c.Id == ofLee.Id);
        Assert.DoesNotContain((await kim.Post(Boards.Free, post.Id)).Required.Comments, c => c.Id == ofLee.Id);
        Assert.True((await lee.Post(Boards.Free, post.Id)).Required.Comments.Single(c => c.Id == ofLee.Id).Hidden);
        Assert.DoesNotContain((await lee.DeleteComment(Boards.Free, post.Id, ofLee.Id)).Required.Comments, c => c.Id == ofLee.Id);
        Assert.Equal(5, Assert.Single((await kim.Posts(Boards.Free)).Required.Items).CommentCount);
    }

    [Theory, MemberData(nameof(BothDatabases))]
    public async Task A_comment_that_many_staff_hide_at_once_is_hidden_and_only_who_saw_it_hidden_removes_it(bool sqlite)
    {
        await using var board = await TestBoard.Open(sqlite);
        var (_, kim) = await board.Member("김*수");
        var post = await kim.Free("글");
        var comment = Assert.Single((await kim.Comment(Boards.Free, post.Id, new("광고"), Writing.Key)).Required.Comments);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => board.Staff.DeleteComment(Boards.Free, post.Id, comment.Id)));
        Assert.All(answers, a => Assert.True(Assert.Single(a.Required.Comments).Hidden));
        Assert.True(Assert.Single((await kim.Post(Boards.Free, post.Id)).Required.Comments).Hidden);

        Assert.Empty((await board.Staff.DeleteComment(Boards.Free, post.Id, comment.Id, hidden: true)).Required.Comments);
        (await board.Staff.DeleteComment(Boards.Free, post.Id, comment.Id, hidden: true)).IsRefused(404, "not-found");
    }

    [Theory, MemberData(nameof(BothDatabases))]
    public async Task A_comment_is_answered_with_itself_alone_and_a_repeat_with_the_same(bool sqlite)
    {
        await using var board = await TestBoard.Open(sqlite);
        var (_, kim) = await board.Member("김*수");
        var post = await kim.Free("글");
        var first = Assert.Single((await kim.Comment(Boards.Free, post.Id, new("하나"), Writing.Key)).Required.Comments);
        var key = Writing.Key;
        var second = (await board.Staff.Comment(Boards.Free, post.Id, new("둘"), key)).Required.Comments;
        Assert.Equal(("<p>둘</p>", true, true), (Assert.Single(second).Html.Trim(), second[0].Mine, second[0].ByStaff));
        Assert.Equal(second, (await board.Staff.Comment(Boards.Free, post.Id, new("둘"), key)).Required.Comments);
        Assert.Equal([first.Id, second[0].Id], (await kim.Post(Boards.Free, post.Id)).Required.Comments.Select(c => c.Id));
    }

    [Theory, InlineData(true, 499, 10), InlineData(false, 499, 10), InlineData(true, 4, 124_990), InlineData(false, 4, 124_990)]
    public async Task A_post_takes_so_many_comments_and_so_long_ones_hidden_ones_included(bool sqlite, int stored, int length)
    {
        await using var board = await TestBoard.Open(sqlite);
        var (_, kim) = await board.Member("김*수");
        var post = await kim.Free("글");
        await board.Service.Db(db =>
        {
            foreach (var number in Enumerable.Range(0, stored))
                db.Add(new Comment { Id = Guid.CreateVersion7(), PostId = post.Id, Hidden = number % 2 == 0, Body = "", Html = new('가', length), At = board.Clock.GetUtcNow() });
            return db.SaveChangesAsync();
        });
        Assert.True((await kim.Comment(Boards.Free, post.Id, new("마지막"), Writing.Key)).Ok);
        var refused = await kim.Comment(Boards.Free, post.Id, new(new string('가', 40)), Writing.Key);
        refused.IsRefused(409, "too-many-comments");
        Assert.Equal("body", refused.Problem!.Extensions!["field"].ToString());
    }

    [Fact]
    public async Task A_member_writes_so_many_posts_in_an_hour_and_deleting_gives_none_back()
    {
        await using var board = await TestBoard.Open(true, ("Board:PostsPerHour", "2"), ("Board:CommentsPerHour", "1"));
        var (_, kim) = await board.Member("김*수");
        var (_, lee) = await board.Member("이*영");
        var first = await kim.Free("1");
        await kim.Delete(Boards.Free, (await kim.Free("2")).Id);
        (await kim.Write(Boards.Free, new("3", "본문"), Writing.Key)).IsRefused(429, "too-many-posts");
        Assert.True((await kim.Comment(Boards.Free, first.Id, new("1"), Writing.Key)).Ok);
        (await kim.Comment(Boards.Free, first.Id, new("2"), Writing.Key)).IsRefused(429, "too-many-comments");
        await lee.Free("다른 회원");
        board.Clock.Advance(TimeSpan.FromMinutes(59));
        (await kim.Write(Boards.Free, new("3", "본문"), Writing.Key)).IsRefused(429, "too-many-posts");
    }

    [Theory, MemberData(nameof(BothDatabases))]
    public async Task A_change_counts_like_a_post_but_not_for_staff(bool sqlite)
    {
        await using var board = await TestBoard.Open(sqlite, ("Board:PostsPerHour", "3"));
        var (_, kim) = await board.Member("김*수");
        var post = await kim.Free("1");
        Assert.True((await kim.Change(Boards.Free, post.Id, new(Title: "2"))).Ok);
        Assert.True((await kim.Change(Boards.Free, post.Id, new())).Ok);
        (await kim.Change(Boards.Free, post.Id, new(Title: "3"))).IsRefused(429, "too-many-posts");
        (await kim.Change(Boards.Free, post.Id, new())).IsRefused(429, "too-many-posts");
        for (var i = 0; i < 4; i++) Assert.True((await board.Staff.Change(Boards.Free, post.Id, new(Pinned: i % 2 == 0))).Ok);
        Assert.Equal("2", (await kim.Post(Boards.Free, post.Id)).Required.Title);
        Assert.Equal(7, (await board.Service.Announced<BoardChanged>()).Count);
    }

    [Fact]
    public void An_hour_after_the_first_the_count_begins_anew()
    {
        var now = DateTimeOffset.UnixEpoch.AddYears(60);
        var rate = new WriteRate();
        Assert.True(rate.TakePost(1, now));
        Assert.False(rate.TakePost(1, now.AddMinutes(59)));
        Assert.True(rate.TakePost(1, now.AddMinutes(60)));
    }

    [Theory, MemberData(nameof(BothDatabases))]
    public async Task An_erased_member_leaves_words_without_a_name_and_never_comes_back(bool sqlite)
    {
        await using var board = await TestBoard.Open(sqlite);
        var (kimId, kim) = await board.Member("김*수");
        var (_, lee) = await board.Member("이*영");
        var order = await board.Buy(kimId, (TestBoard.Apples, "APPLE-3"));
        await kim.Review(order, "APPLE-3", 5);
        var post = await kim.Free("남긴 글");
        var other = await lee.Free("다른 글");
        await kim.Comment(Boards.Free, other.Id, new("댓글"), Writing.Key);
        await kim.Report(Boards.Free, other.Id, new("신고"));

        await board.Service.Deliver<MemberNames>("identity", new MemberRenamed(kimId, "김*호", board.Clock.GetUtcNow()));
        Assert.Equal("김*호", (await board.Nobody.Post(Boards.Free, post.Id)).Required.Author);
        await board.Service.Deliver<MemberNames>("identity", new MemberErased(kimId, board.Clock.GetUtcNow()));
        await board.Service.Deliver<MemberNames>("identity", new MemberRenamed(kimId, "김*호", board.Clock.GetUtcNow()));
        await board.Buy(kimId, (TestBoard.Apples, "APPLE-3"));
        await board.Service.Deliver<Purchases>("orders", new OrderCancelled(order, "1", kimId, "changed-mind", true, board.Clock.GetUtcNow()));

        Assert.Equal("탈퇴한 회원", (await board.Nobody.Post(Boards.Free, post.Id)).Required.Author);
        Assert.Equal("former member", (await new BoardClient(board.English(Guid.CreateVersion7())).Post(Boards.Free, post.Id)).Required.Author);
        Assert.Equal("탈퇴한 회원", Assert.Single((await board.Nobody.Post(Boards.Free, other.Id)).Required.Comments).Author);
        var review = Assert.Single((await board.Nobody.Reviews(TestBoard.Apples)).Required.Items);
        Assert.Equal(("탈퇴한 회원", true), (review.Author, review.VerifiedPurchase));
        Assert.Equal(1, (await board.Staff.Post(Boards.Free, other.Id)).Required.ReportCount);
        Assert.False(await board.Service.Db(async db => await db.Purchases.AnyAsync(p => p.MemberId == kimId) || await db.Reports.AnyAsync(r => r.MemberId == kimId) || await db.WriteRates.AnyAsync(r => r.MemberId == kimId)));
    }

    [Fact]
    public async Task A_member_the_board_has_not_heard_of_yet_is_called_member()
    {
        await using var board = await TestBoard.Open();
        var post = await new BoardClient(board.Service.As(Guid.CreateVersion7())).Free("글");
        Assert.Equal("회원", post.Author);
        Assert.Equal("member", (await new BoardClient(board.English(Guid.CreateVersion7())).Post(Boards.Free, post.Id)).Required.Author);
    }

    [Fact]
    public async Task Bad_input_names_the_field_and_changes_nothing()
    {
        await using var board = await TestBoard.Open();
        var (_, kim) = await board.Member("김*수");
        (await kim.Write(Boards.Free, new("", "내용"), Writing.Key)).Names("title");
        (await kim.Write(Boards.Free, new(new('가', 201), "내용"), Writing.Key)).Names("title");
        (await kim.Write(Boards.Free, new("두\n줄", "내용"), Writing.Key)).Names("title");
        (await kim.Write(Boards.Free, new("제목", "\0"), Writing.Key)).Names("body");
        (await kim.Write(Boards.Free, new("제목", new('가', 20_001)), Writing.Key)).Names("body");
        (await kim.Write(Boards.Free, new("제목", "내용", Secret: true), Writing.Key)).Names("secret");
        (await kim.Write(Boards.Free, new("제목", "내용", Stars: 5), Writing.Key)).Names("stars");
        (await kim.Write(Boards.Questions, new("제목", "내용"), Writing.Key)).Names("productId");
        (await kim.Write(Boards.Questions, new("제목", "내용", Guid.NewGuid()), Writing.Key)).Names("productId");
        (await kim.Write(Boards.Review, new("제목", "내용", TestBoard.Apples, "A", Guid.NewGuid(), 6), Writing.Key)).Names("stars");
        (await kim.Write("nowhere", new("제목", "내용"), Writing.Key)).IsRefused(404, "not-found");
        (await kim.Posts("nowhere")).IsRefused(404, "not-found");
        (await kim.Posts(Boards.Free, after: "nonsense")).Names("after");
        (await kim.Posts(Boards.Free, limit: 101)).Names("limit");
        (await kim.Posts(Boards.Free, search: "\0")).Names("search");
        (await kim.Posts(Boards.Free, search: new('가', 101))).Names("search");
        var missing = await board.Service.As(Guid.CreateVersion7()).PostAsJsonAsync("/api/board/free/posts", new { title = "제목" });
        Assert.Equal(HttpStatusCode.BadRequest, missing.StatusCode);
        Assert.Contains("\"body\"", await missing.Content.ReadAsStringAsync());
        Assert.Equal(0, await board.Service.Db(db => db.Posts.CountAsync()));
    }

    [Theory, MemberData(nameof(BothDatabases))]
    public async Task A_new_board_shows_samples_without_reviews_and_staff_may_clear_them(bool sqlite)
    {
        await using var board = await TestBoard.Open(sqlite, ("Board:Sample", "true"));
        var notices = (await board.Nobody.Posts(Boards.Notice)).Required.Items;
        Assert.True(notices.Count >= 3 && notices[0].Pinned);
        Assert.NotEmpty((await board.Nobody.Posts(Boards.Free)).Required.Items);
        Assert.Contains((await board.Nobody.Posts(Boards.Questions)).Required.Items, p => p.Answered);
        Assert.Empty((await board.Nobody.Posts(Boards.Review)).Required.Items);
        foreach (var post in (await board.Nobody.Posts(Boards.Free)).Required.Items) Assert.True((await board.Staff.Delete(Boards.Free, post.Id)).Ok);
    }
}
