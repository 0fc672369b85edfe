using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Jangteo.Storefront;

/// <summary><c>&lt;icon name="cart" /&gt;</c>: a line drawing from <c>icons.svg</c>, hidden from screen readers because words stand beside it.</summary>
[HtmlTargetElement("icon", TagStructure = TagStructure.WithoutEndTag)]
public sealed class IconTagHelper : TagHelper
{
    public required string Name { get; set; }
    public bool Small { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "svg";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", Small ? "icon small" : "icon");
        output.Attributes.SetAttribute("aria-hidden", "true");
        output.Content.SetHtmlContent($"<use href=\"{Assets.Url("icons.svg")}#{Name}\"></use>");
    }
}

/// <summary><c>&lt;stars value="4.5" label="…" /&gt;</c>: stars filled to the half, read out as the label.</summary>
[HtmlTargetElement("stars", TagStructure = TagStructure.WithoutEndTag)]
public sealed class StarsTagHelper : TagHelper
{
    public double Value { get; set; }
    public required string Label { get; set; }
    public bool Large { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "span";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", $"stars s{Math.Clamp((int)Math.Round(Value * 2), 0, 10)}{(Large ? " large" : "")}");
        output.Attributes.SetAttribute("role", "img");
        output.Attributes.SetAttribute("aria-label", Label);
    }
}
