using Jangteo.Board.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Jangteo.Board;

/// <summary>The board at a glance: notices, product questions, reviews by buyers and free talk.</summary>
public static class BoardModule
{
    /// <summary>Adds the module to a process.</summary>
    public static void AddBoard(this WebApplicationBuilder builder)
    {
        builder.Services.AddValidation();
        builder.Services.AddOptions<BoardOptions>().BindConfiguration("Board").ValidateDataAnnotations().ValidateOnStart();
        builder.AddModule<BoardDb>("board")
            .SubscribeAtLeisure<Purchases>("orders")
            .SubscribeAtLeisure<MemberNames>("identity")
            .SubscribeAtLeisure<ProductNames>("catalog");
        builder.Services.AddSingleton<PurchaseQueries>();
        if (!ServiceHost.IsBuildingApiDocuments) builder.Services.AddHostedService<SamplePosts>();
    }

    /// <summary>Maps the module's routes.</summary>
    public static void MapBoard(this WebApplication app)
    {
        var api = app.MapModule<BoardDb>("board").WithTags("Board");
        ListReviews.Map(api);
        ListReviewable.Map(api);
        var posts = api.MapGroup("/{board}/posts");
        ListPosts.Map(posts);
        ReadPost.Map(posts);
        WritePost.Map(posts);
        ChangePost.Map(posts);
        DeletePost.Map(posts);
        WriteComment.Map(posts);
        DeleteComment.Map(posts);
        ReportPost.Map(posts);
    }

    /// <summary>True for the name of a board.</summary>
    internal static bool IsBoard(string name) => name is Boards.Notice or Boards.Questions or Boards.Review or Boards.Free;
}
