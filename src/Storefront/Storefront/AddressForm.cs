using System.Text.RegularExpressions;
using Jangteo.Orders.Contracts;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace Jangteo.Storefront;

/// <summary>Where something goes, as typed into a form.</summary>
public partial class AddressForm
{
    public string? Label { get; set; }
    public string? Recipient { get; set; }
    public string? Phone { get; set; }
    public string? PostalCode { get; set; }
    public string? Address { get; set; }
    public string? Detail { get; set; }

    [GeneratedRegex($@"^{OrderLimits.Phone}\z")] private static partial Regex PhonePattern();

    /// <summary>Names every field that cannot be right.</summary>
    internal void Check(ModelStateDictionary state, Texts texts)
    {
        Need("Recipient", Recipient, 50);
        Need("Phone", Phone, 20, text => PhonePattern().IsMatch(text), texts.PhoneInvalid);
        Need("PostalCode", PostalCode, 5, text => text.Length == 5 && text.All(char.IsAsciiDigit), texts.PostalCodeInvalid);
        Need("Address", Address, 200);
        if (Detail?.Length > 200) state.AddModelError("Form.Detail", texts.FieldTooLong(200));

        void Need(string field, string? value, int most, Func<string, bool>? fits = null, string? otherwise = null)
        {
            var text = value?.Trim() ?? "";
            if (text.Length == 0) state.AddModelError($"Form.{field}", texts.FieldRequired);
            else if (text.Length > most) state.AddModelError($"Form.{field}", otherwise ?? texts.FieldTooLong(most));
            else if (fits is not null && !fits(text)) state.AddModelError($"Form.{field}", otherwise!);
        }
    }

    /// <summary>The address as a member keeps it.</summary>
    internal Identity.Contracts.Address Kept(string label, bool isDefault) =>
        new(Guid.CreateVersion7(), label, Recipient!.Trim(), Phone!.Trim(), PostalCode!.Trim(), Address!.Trim(), Detail?.Trim() ?? "", isDefault);

    /// <summary>The field of the form that a module's complaint is about; "" when there is none.</summary>
    internal static string FieldOf(string field) => field.Split('.')[^1].ToLowerInvariant() switch
    {
        "label" => "Form.Label",
        "name" => "Form.Recipient",
        "phone" => "Form.Phone",
        "postalcode" => "Form.PostalCode",
        "address1" => "Form.Address",
        "address2" => "Form.Detail",
        "memo" => "Form.Request",
        "points" => "Form.Points",
        _ => "",
    };
}
