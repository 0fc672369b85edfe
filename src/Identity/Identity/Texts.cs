using Jangteo.Platform;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Jangteo.Identity;

/// <summary>What Identity says to people, in Korean and English.</summary>
static class Texts
{
    static readonly Dictionary<string, (string Ko, string En)> All = new()
    {
        ["email-invalid"] = ("올바른 이메일 주소를 입력해 주세요.", "Give a valid e-mail address."),
        ["email-taken"] = ("이미 가입된 이메일 주소입니다. 로그인하거나 비밀번호를 재설정해 주세요.", "This e-mail address has an account already: log in, or reset the password."),
        ["password-too-short"] = ("비밀번호는 10자 이상이어야 합니다.", "The password needs at least 10 characters."),
        ["password-too-long"] = ("비밀번호는 128자 이하여야 합니다.", "The password may have at most 128 characters."),
        ["password-common"] = ("너무 흔하거나 추측하기 쉬운 비밀번호입니다.", "This password is too common or too easy to guess."),
        ["name-invalid"] = ("이름을 1~50자로 입력해 주세요.", "Give a name of 1 to 50 characters."),
        ["language-invalid"] = ("언어는 ko 또는 en입니다.", "The language is ko or en."),
        ["consents-invalid"] = ("동의 항목이 올바르지 않습니다.", "Each consent is given once, with its version."),
        ["consents-unknown"] = ("알 수 없는 동의 항목이 있습니다.", "There is a consent that we do not know."),
        ["consents-required"] = ("필수 항목에 모두 동의해 주세요.", "Please give all the required consents: terms, privacy and age-14."),
        ["addresses-too-many"] = ("주소는 20개까지 둘 수 있습니다.", "At most 20 addresses."),
        ["addresses-one-default"] = ("기본 주소는 하나만 둘 수 있습니다.", "Only one address can be the default."),
        ["addresses-same-id"] = ("같은 주소가 두 번 있습니다.", "Two addresses have the same id."),
        ["required"] = ("필요한 값입니다.", "The value is required."),
        ["length-invalid"] = ("너무 짧거나 깁니다.", "The value is too short or too long."),
        ["phone-invalid"] = ("올바른 전화번호를 입력해 주세요.", "Give a telephone number: digits, +, - and spaces."),
        ["postal-code-invalid"] = ("올바른 우편번호를 입력해 주세요.", "Give a postal code."),
    };

    /// <summary>The text of a code in "ko" or "en".</summary>
    public static string Of(string code, string language) => All.TryGetValue(code, out var text) ? language == "ko" ? text.Ko : text.En : code;

    /// <summary>Complaints as the API answers them: 400 with each field named.</summary>
    public static ProblemHttpResult Refusal(Dictionary<string, string> complaints) =>
        Problems.Invalid(complaints.ToDictionary(c => c.Key, c => new[] { Of(c.Value, "en") }));
}
