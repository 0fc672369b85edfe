using System.ComponentModel.DataAnnotations;

namespace Jangteo.Storefront;

/// <summary>
/// Who sells, section <c>Shop</c>: what every page of a Korean shop names at its foot (전자상거래법 제10조, 시행규칙 제7조), and who
/// answers for personal data (개인정보 보호법 제31조). What has no English of its own is shown in Korean.
/// </summary>
public sealed class Merchant
{
    const string NoNumber = "000-00-00000";

    /// <summary>The name of the business (상호).</summary>
    [Required] public string Company { get; set; } = "장터 (시범 상점)";
    public string? CompanyEnglish { get; set; }

    /// <summary>Who represents it (대표자).</summary>
    [Required] public string Representative { get; set; } = "홍길동";
    public string? RepresentativeEnglish { get; set; }

    /// <summary>사업자등록번호, three, two and five digits.</summary>
    [Required, RegularExpression(@"^\d{3}-\d{2}-\d{5}$", ErrorMessage = "Shop:RegistrationNumber is not of the form 000-00-00000.")]
    public string RegistrationNumber { get; set; } = NoNumber;

    /// <summary>통신판매업신고번호, for example 2026-서울중구-01234.</summary>
    [Required] public string MailOrderNumber { get; set; } = "0000-서울중구-00000";

    /// <summary>Where the business is, and where complaints go.</summary>
    [Required] public string Address { get; set; } = "서울특별시 중구 장터길 1";
    public string? AddressEnglish { get; set; }

    /// <summary>The customers' telephone.</summary>
    [Required] public string Phone { get; set; } = "0000-0000";

    /// <summary>The customers' e-mail address.</summary>
    [Required, EmailAddress] public string Email { get; set; } = "help@jangteo.example";

    /// <summary>개인정보 보호책임자.</summary>
    [Required] public string PrivacyOfficer { get; set; } = "홍길동";
    public string? PrivacyOfficerEnglish { get; set; }

    /// <summary>Whose servers the shop runs on (호스팅서비스 제공자); null when they are its own.</summary>
    public string? HostedBy { get; set; }

    /// <summary>Nobody has said who sells: a shop to try out, and its pages say so.</summary>
    public bool IsDemonstration => RegistrationNumber == NoNumber;

    /// <summary>Where the state shows that the business exists (공정거래위원회 사업자정보 공개).</summary>
    public string PublicRecord => $"https://www.ftc.go.kr/bizCommPop.do?wrkr_no={RegistrationNumber.Replace("-", "")}";

    internal string CompanyIn(Language language) => In(language, Company, CompanyEnglish, "Jangteo (demonstration shop)");
    internal string RepresentativeIn(Language language) => In(language, Representative, RepresentativeEnglish, "Gildong Hong");
    internal string AddressIn(Language language) => In(language, Address, AddressEnglish, "1 Jangteo-gil, Jung-gu, Seoul");
    internal string PrivacyOfficerIn(Language language) => In(language, PrivacyOfficer, PrivacyOfficerEnglish, "Gildong Hong");

    string In(Language language, string korean, string? english, string demonstration) =>
        language == Language.Korean ? korean : english ?? (IsDemonstration ? demonstration : korean);
}
