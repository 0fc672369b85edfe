using Jangteo.Identity.Logins;
using Jangteo.Identity.Mails;
using Jangteo.Identity.Members;
using Jangteo.Identity.Pages;
using Jangteo.Identity.Tokens;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Jangteo.Identity;

/// <summary>Identity at a glance: members, logins, tokens and the mall's mails.</summary>
public static class IdentityModule
{
    /// <summary>Adds the module to a process.</summary>
    public static void AddIdentity(this WebApplicationBuilder builder)
    {
        var module = builder.AddModule<IdentityDb>("identity");
        module.SubscribeAtLeisure<OrderMails>(to: "orders");
        module.Subscribe<EraseMember>();
        builder.Services.AddValidation();
        builder.Services.AddOptions<IdentityOptions>().BindConfiguration("Identity").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddOptions<MailOptions>().BindConfiguration("Mail").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<MailQueries>().AddSingleton<Keys>().AddSingleton<TokenIssuer>().AddSingleton<Passwords>();
        builder.Services.AddScoped<Credentials>().AddScoped<SignUpDesk>().AddScoped<Post>();
        builder.Services.AddAntiforgery(options => (options.Cookie.Name, options.SuppressXFrameOptionsHeader) = ("jangteo_form", true)).AddRazorComponents();
        SignedIn.Add(builder);
        OpenIdConnect.Add(builder);
        if (ServiceHost.IsBuildingApiDocuments) return;
        builder.Services.AddHostedService<StaffAccount>().AddHostedService<SendMails>().AddHostedService<TidyUp>();
    }

    /// <summary>Maps its API, token endpoints and pages.</summary>
    public static void MapIdentity(this WebApplication app)
    {
        var identity = app.MapModule<IdentityDb>("identity");
        SignUpMember.Map(identity);
        VerifyEmail.Map(identity);
        LogIn.Map(identity);
        RefreshSession.Map(identity);
        LogOut.Map(identity);
        Sessions.Map(identity);
        OwnRecord.Map(identity);
        Withdraw.Map(identity);
        FindMembers.Map(identity);
        ListMails.Map(identity);
        KeySet.Map(app);
        Authorize.Map(app);
        ExchangeTokens.Map(app);
        EndSession.Map(app);
        UserInfo.Map(app);

        var pages = app.MapGroup("/identity").ExcludeFromDescription().AddEndpointFilter<RouteGroupBuilder, FormGuard>();
        LoginForm.Map(pages);
        SignUpForm.Map(pages);
        VerifyForm.Map(pages);
        PasswordForms.Map(pages);
        Assets.Map(pages);
    }
}
