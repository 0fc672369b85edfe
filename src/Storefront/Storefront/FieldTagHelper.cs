using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Jangteo.Storefront;

/// <summary>A labelled input with its hint and its error, tied together for screen readers.</summary>
[HtmlTargetElement("field", TagStructure = TagStructure.WithoutEndTag)]
public sealed class FieldTagHelper(Texts texts) : TagHelper
{
    public required ModelExpression For { get; set; }
    public required string Label { get; set; }
    public string Type { get; set; } = "text";
    public string? Hint { get; set; }
    public string? Autocomplete { get; set; }
    public string? Inputmode { get; set; }
    public string? Pattern { get; set; }
    public int Maxlength { get; set; } = 200;
    public bool Optional { get; set; }

    /// <summary>More than one makes it a text area.</summary>
    public int Rows { get; set; } = 1;

    [HtmlAttributeNotBound, ViewContext]
    public ViewContext ViewContext { get; set; } = null!;

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var id = TagBuilder.CreateSanitizedId(For.Name, "-");
        var state = ViewContext.ModelState.GetValueOrDefault(For.Name);
        var error = state?.Errors.FirstOrDefault()?.ErrorMessage;
        output.TagName = "div";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", error is null ? "field" : "field invalid");
        output.Content.AppendHtml(LabelOf(id));
        output.Content.AppendHtml(InputOf(id, state, error is not null));
        if (Hint is not null) output.Content.AppendHtml(Paragraph("hint", $"{id}-hint", Hint));
        if (error is not null) output.Content.AppendHtml(Paragraph("error", $"{id}-error", error));
    }

    TagBuilder LabelOf(string id)
    {
        var label = new TagBuilder("label");
        label.Attributes["for"] = id;
        label.InnerHtml.Append(Label);
        if (!Optional) return label;
        var mark = new TagBuilder("span");
        mark.AddCssClass("optional");
        mark.InnerHtml.Append($" ({texts.Optional})");
        label.InnerHtml.AppendHtml(mark);
        return label;
    }

    TagBuilder InputOf(string id, ModelStateEntry? state, bool invalid)
    {
        var input = new TagBuilder(Rows > 1 ? "textarea" : "input");
        input.Attributes["id"] = id;
        input.Attributes["name"] = For.Name;
        input.Attributes["maxlength"] = Maxlength.ToString();
        if (!Optional) input.Attributes["required"] = "required";
        if (Autocomplete is not null) input.Attributes["autocomplete"] = Autocomplete;
        if (Inputmode is not null) input.Attributes["inputmode"] = Inputmode;
        if (Pattern is not null) input.Attributes["pattern"] = Pattern;
        if (invalid) input.Attributes["aria-invalid"] = "true";
        var described = string.Join(' ', new[] { invalid ? $"{id}-error" : null, Hint is null ? null : $"{id}-hint" }.OfType<string>());
        if (described.Length > 0) input.Attributes["aria-describedby"] = described;
        // A password is never sent back to the page.
        var value = Type == "password" ? null : state?.AttemptedValue ?? For.Model?.ToString();
        if (Rows > 1)
        {
            input.Attributes["rows"] = Rows.ToString();
            input.InnerHtml.Append(value ?? "");
            return input;
        }
        input.TagRenderMode = TagRenderMode.SelfClosing;
        input.Attributes["type"] = Type;
        if (value is not null) input.Attributes["value"] = value;
        return input;
    }

    static TagBuilder Paragraph(string style, string id, string text)
    {
        var paragraph = new TagBuilder("p");
        paragraph.AddCssClass(style);
        paragraph.Attributes["id"] = id;
        paragraph.InnerHtml.Append(text);
        return paragraph;
    }
}
