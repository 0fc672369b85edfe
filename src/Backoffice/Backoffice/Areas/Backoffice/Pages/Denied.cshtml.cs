using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Jangteo.Backoffice.Pages;

/// <summary>GET /backoffice/denied: for members without the staff role.</summary>
sealed class DeniedPage : PageModel;
