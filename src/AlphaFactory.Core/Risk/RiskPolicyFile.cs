using System.Globalization;
using System.Text;
using System.Text.Json;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Risk;

/// <summary>
/// Reads a policy from JSON: <c>{ "name": …, "description": …, "rules": { "CODE": { "enabled": …, "severity": …,
/// "limit": … } }, "parameters": { "name": { "minimum": …, "maximum": … } } }</c>. Comments are allowed; anything unknown, repeated or of another type is an error that names
/// file, line and property.
/// </summary>
internal ref struct RiskPolicyFile
{
    private const int MaximumBytes = 1 << 20;

    private static readonly string[] TopProperties =
    [
        "$schema",
        "name",
        "description",
        "rules",
        "parameters",
    ];
    private static readonly string[] RuleProperties = ["enabled", "severity", "limit"];
    private static readonly string[] RangeProperties = ["minimum", "maximum"];

    private readonly ReadOnlySpan<byte> _json;
    private readonly string _source;
    private readonly Dictionary<string, RiskPolicyRule> _rules = RiskCatalogue.Rules.ToDictionary(
        rule => rule.Code,
        rule => new RiskPolicyRule(rule, Enabled: true, rule.Severity, rule.Limit),
        StringComparer.Ordinal
    );
    private readonly List<ParameterRange> _ranges = [];
    private Utf8JsonReader _reader;
    private string _name;
    private string _description = "";
    private string _code = "";

    private RiskPolicyFile(ReadOnlySpan<byte> json, string name, string source)
    {
        _json = json.StartsWith(Encoding.UTF8.Preamble) ? json[Encoding.UTF8.Preamble.Length..] : json;
        _source = source;
        _name = name;
        _reader = new Utf8JsonReader(
            _json,
            new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, MaxDepth = 8 }
        );
    }

    /// <summary>Reads the file at <paramref name="path"/>.</summary>
    /// <param name="typed">What the user typed, for the message.</param>
    /// <param name="path">The full path.</param>
    public static RiskPolicy Read(string typed, string path)
    {
        if (!File.Exists(path))
        {
            throw Missing(typed, path);
        }

        var policy = Parse(ReadBytes(path), NameOf(path), path);
        if (
            RiskPolicy.BuiltInNames.Contains(policy.Name, StringComparer.OrdinalIgnoreCase)
            && policy.Hash != RiskPolicy.BuiltIn(policy.Name.ToLowerInvariant()).Hash
        )
        {
            throw new AlphaFactoryException(
                ErrorId.PolicyInvalid,
                $"The policy in '{path}' is named '{policy.Name}', as one that ships inside, but has other limits. "
                    + "Give it another \"name\"."
            )
            {
                Target = path,
            };
        }

        return policy;
    }

    /// <summary>Reads a policy's JSON.</summary>
    /// <param name="json">The text, UTF-8 with or without a byte-order mark.</param>
    /// <param name="name">Its name when it does not say.</param>
    /// <param name="source">Where it is from.</param>
    public static RiskPolicy Parse(ReadOnlySpan<byte> json, string name, string source)
    {
        var file = new RiskPolicyFile(json, name, source);
        file.ReadAll();
        var rules = file._rules;
        return new RiskPolicy(
            file._name,
            file._description,
            source,
            // The dictionary is filled from the catalogue and never shrinks, but its order is not promised.
            RiskCatalogue.Rules.Select(rule => rules[rule.Code]),
            file._ranges
        );
    }

    private void ReadAll()
    {
        if (_json.Trim(" \t\r\n"u8).IsEmpty)
        {
            throw Invalid("", "the file is empty", "write {} for a policy that is as the default");
        }

        try
        {
            _reader.Read();
            ReadObject(
                "",
                TopProperties,
                static (ref RiskPolicyFile file, string _, string property) => file.ReadTop(property)
            );
            _reader.Read();
        }
        catch (JsonException error)
        {
            throw new AlphaFactoryException(
                ErrorId.PolicyInvalid,
                $"{Place(error.LineNumber ?? 0)}: this is not JSON: {StoreJson.Reason(error)} Correct it and try again.",
                error
            )
            {
                Target = _source,
            };
        }
    }

    private delegate void ReadProperty(ref RiskPolicyFile file, string path, string property);

    // Reads an object whose properties are each there once, and known unless any name will do.
    private void ReadObject(string at, IReadOnlyCollection<string>? known, ReadProperty read)
    {
        if (_reader.TokenType != JsonTokenType.StartObject)
        {
            throw WrongType(at, "an object, { … }");
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndObject)
        {
            var property = Text(at);
            var path = at.Length == 0 ? property : $"{at}.{property}";
            if (known is not null && !known.Contains(property, StringComparer.Ordinal))
            {
                throw Unknown(path, property, known);
            }

            if (!seen.Add(property))
            {
                throw Invalid(path, "it is there twice", "keep one of them");
            }

            _reader.Read();
            read(ref this, path, property);
        }
    }

    private void ReadTop(string property)
    {
        switch (property)
        {
            case "name":
                _name = ReadName(property);
                break;
            case "description":
                _description = ReadText(property);
                break;
            case "rules":
                ReadObject(
                    property,
                    _rules.Keys,
                    static (ref RiskPolicyFile file, string path, string code) => file.ReadRule(path, code)
                );
                break;
            case "parameters":
                ReadObject(
                    property,
                    known: null,
                    static (ref RiskPolicyFile file, string path, string name) => file.ReadRange(path, name)
                );
                break;
            default:
                ReadText(property);
                break;
        }
    }

    private void ReadRange(string path, string name)
    {
        if (_ranges.Exists(other => other.Parameter.Equals(name, StringComparison.OrdinalIgnoreCase)))
        {
            throw Invalid(path, "it is there twice (case does not count)", "keep one of them");
        }

        _ranges.Add(new ParameterRange(name, null, null));
        ReadObject(
            path,
            RangeProperties,
            static (ref RiskPolicyFile file, string inner, string property) =>
                file.ReadRangeEnd(inner, property)
        );
        var range = _ranges[^1];
        if (range is { Least: null, Most: null } || range.Least > range.Most)
        {
            throw Invalid(
                path,
                range.Least > range.Most ? "the range is empty" : "it has no end",
                "write { \"minimum\": 2, \"maximum\": 50 }, or one of the two"
            );
        }
    }

    private void ReadRangeEnd(string path, string property)
    {
        var range = _ranges[^1];
        var value = ReadNumber(path);
        _ranges[^1] = property == "minimum" ? range with { Least = value } : range with { Most = value };
    }

    private void ReadRule(string path, string code)
    {
        _code = code;
        ReadObject(
            path,
            RuleProperties,
            static (ref RiskPolicyFile file, string inner, string property) =>
                file.ReadRuleProperty(inner, property)
        );
    }

    private void ReadRuleProperty(string path, string property)
    {
        var rule = _rules[_code];
        _rules[_code] = property switch
        {
            "enabled" => rule with { Enabled = ReadBool(path) },
            "severity" => rule with { Severity = ReadSeverity(path) },
            _ => rule with { Limit = ReadLimit(path, rule.Rule) },
        };
    }

    private string ReadName(string property)
    {
        var name = ReadText(property);
        try
        {
            return Names.Require(name, "policy");
        }
        catch (AlphaFactoryException error)
        {
            throw Invalid(property, error.Message.TrimEnd('.'), "correct it");
        }
    }

    private string ReadText(string property) =>
        _reader.TokenType == JsonTokenType.String ? Text(property) : throw WrongType(property, "a text");

    private bool ReadBool(string property) =>
        _reader.TokenType is JsonTokenType.True or JsonTokenType.False
            ? _reader.GetBoolean()
            : throw WrongType(property, "true or false");

    private RiskOutcome ReadSeverity(string property) =>
        ReadText(property) switch
        {
            "Warn" => RiskOutcome.Warn,
            "Deny" => RiskOutcome.Deny,
            var other => throw Invalid(
                property,
                $"'{other}' is no severity",
                "write \"Warn\" or \"Deny\", or \"enabled\": false to leave the rule out"
            ),
        };

    private double ReadLimit(string property, RiskRule rule)
    {
        if (rule.Limit is null)
        {
            throw Invalid(property, $"{rule.Code} has no limit", "remove it");
        }

        // Digits beyond the range of a double read as infinite, and fail here.
        var limit = ReadNumber(property);
        return limit >= rule.MinimumLimit && limit <= rule.MaximumLimit
            ? limit
            : throw Invalid(
                property,
                $"the limit {Encoding.UTF8.GetString(_reader.ValueSpan)} is out of range",
                $"use {RiskText.Number(rule.MinimumLimit)} to {RiskText.Number(rule.MaximumLimit)} {rule.Unit}"
            );
    }

    private double ReadNumber(string property) =>
        _reader.TokenType == JsonTokenType.Number
            ? _reader.GetDouble()
            : throw WrongType(property, "a number");

    // An escape such as \ud800 is JSON, but no text.
    private string Text(string property)
    {
        try
        {
            return _reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Invalid(property, "the text is not valid Unicode", "correct it");
        }
    }

    private AlphaFactoryException WrongType(string property, string expected) =>
        Invalid(property, $"it is {TypeName(_reader.TokenType)}", $"write {expected}");

    private AlphaFactoryException Unknown(string path, string property, IReadOnlyCollection<string> known)
    {
        var nearest = Nearest.Find(property, known);
        var remedy =
            nearest is not null ? $"did you mean '{nearest}'?"
            : known.Count > TopProperties.Length ? "Get-RiskRule lists the codes"
            : $"use {string.Join(", ", known)}";
        var what = known.Count > TopProperties.Length ? "there is no such rule" : "there is no such property";
        return Invalid(path, what, remedy);
    }

    private AlphaFactoryException Invalid(string property, string what, string remedy)
    {
        var line = _json[..(int)_reader.TokenStartIndex].Count((byte)'\n');
        var where = property.Length == 0 ? "" : $", {Shorten(property)}";
        var end = remedy.EndsWith('?') ? "" : ".";
        return new(ErrorId.PolicyInvalid, $"{Place(line)}{where}: {what}; {remedy}{end}")
        {
            Target = _source,
        };
    }

    private string Place(long line) =>
        $"The policy '{_source}', line {(line + 1).ToString(CultureInfo.InvariantCulture)}";

    private static string TypeName(JsonTokenType type) =>
        type switch
        {
            JsonTokenType.StartObject => "an object",
            JsonTokenType.StartArray => "a list",
            JsonTokenType.String => "a text",
            JsonTokenType.Number => "a number",
            JsonTokenType.True or JsonTokenType.False => "true or false",
            _ => "null",
        };

    private static string Shorten(string text)
    {
        var printable = string.Concat(text.Select(letter => char.IsControl(letter) ? '\uFFFD' : letter));
        return printable.Length <= 160 ? printable : string.Concat(printable.AsSpan(0, 160), "…");
    }

    private static string NameOf(string path)
    {
        try
        {
            return Names.Require(Path.GetFileNameWithoutExtension(path), "policy");
        }
        catch (AlphaFactoryException)
        {
            return "custom";
        }
    }

    private static byte[] ReadBytes(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            var bytes = new byte[MaximumBytes + 1];
            var read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return read <= MaximumBytes
                ? bytes[..read]
                : throw new AlphaFactoryException(
                    ErrorId.PolicyInvalid,
                    $"The policy '{path}' is over 1 MB: that is no policy. Name another file."
                )
                {
                    Target = path,
                };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new AlphaFactoryException(
                ErrorId.PolicyInvalid,
                $"The policy '{path}' cannot be read: {error.Message} Give this user the right to read it.",
                error
            )
            {
                Target = path,
            };
        }
    }

    private static AlphaFactoryException Missing(string typed, string path)
    {
        var known = string.Join(", ", RiskPolicy.BuiltInNames);
        if (typed.AsSpan().ContainsAny('/', '\\') || Path.HasExtension(typed))
        {
            return new(
                ErrorId.PathNotFound,
                $"There is no policy file at '{path}'. Correct the path, or name a policy that ships inside: {known}."
            )
            {
                Target = path,
            };
        }

        return new(
            ErrorId.PolicyInvalid,
            $"There is no policy '{typed}'.{Nearest.Hint(typed, RiskPolicy.BuiltInNames)} Use {known}, or the path of a JSON file."
        )
        {
            Target = typed,
        };
    }
}
