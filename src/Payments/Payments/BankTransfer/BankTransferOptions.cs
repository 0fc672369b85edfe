using System.ComponentModel.DataAnnotations;

namespace Jangteo.Payments;

/// <summary>The shop's own account for bank transfers (무통장입금), section <c>Payments:BankTransfer</c>; without the section the shop does not offer them.</summary>
sealed class BankTransferOptions
{
    [Required(ErrorMessage = "Payments:BankTransfer:Bank is missing: the bank's name as buyers know it."), StringLength(50)]
    public string Bank { get; set; } = "";

    [Required(ErrorMessage = "Payments:BankTransfer:AccountNumber is missing.")]
    [RegularExpression("[0-9][0-9 -]{4,30}", ErrorMessage = "Payments:BankTransfer:AccountNumber holds digits, hyphens and blanks.")]
    public string AccountNumber { get; set; } = "";

    [Required(ErrorMessage = "Payments:BankTransfer:Holder is missing: whose account it is."), StringLength(50)]
    public string Holder { get; set; } = "";
}
