using System.Collections;
using System.Globalization;
using System.Management.Automation;
using AlphaFactory.Core;
using AlphaFactory.Core.Experiments;

namespace AlphaFactory.Cmdlets.Binding;

/// <summary>Reads <c>'504/126'</c> or <c>@{ Train = 504; Test = 126; Anchored = $true }</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class WalkForwardTableAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        switch (Tables.Unwrap(inputData))
        {
            case null:
                return null;
            case WalkForward rule:
                return rule;
            case IDictionary table:
                return Read(table);
            case var other:
                try
                {
                    return WalkForward.Parse(Convert.ToString(other, CultureInfo.InvariantCulture) ?? "");
                }
                catch (AlphaFactoryException error)
                {
                    throw new ArgumentTransformationMetadataException(error.Message, error);
                }
        }
    }

    private static WalkForward Read(IDictionary table)
    {
        int? train = null;
        int? test = null;
        var anchored = false;
        foreach (var (name, value) in Tables.Entries(table))
        {
            switch (name.ToUpperInvariant())
            {
                case "TRAIN":
                    train = Bars(name, value);
                    break;
                case "TEST":
                    test = Bars(name, value);
                    break;
                case "ANCHORED":
                    anchored = value switch
                    {
                        bool flag => flag,
                        SwitchParameter given => given.IsPresent,
                        _ => throw Invalid($"Anchored is '{value}', and must be $true or $false"),
                    };
                    break;
                default:
                    throw Invalid($"there is no '{name}'");
            }
        }

        return train is { } trained && test is { } tested
            ? new WalkForward(trained, tested, anchored)
            : throw Invalid("Train and Test must both be there");
    }

    private static int Bars(string name, object? value) =>
        Tables.TryNumber(value, out var number)
        && number is > 0 and <= int.MaxValue
        && number == Math.Floor(number)
            ? (int)number
            : throw Invalid($"{name} is '{value}', and must be a whole number of bars");

    private static ArgumentTransformationMetadataException Invalid(string what) =>
        new($"In -WalkForward {what}. Write @{{ Train = 504; Test = 126; Anchored = $true }}, or '504/126'.");
}
