using System.Globalization;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Filtering;

/// <summary>How a filter compares.</summary>
internal enum FilterOperator
{
    /// <summary><c>=</c></summary>
    Equal,

    /// <summary><c>!=</c></summary>
    NotEqual,

    /// <summary><c>&lt;</c></summary>
    Less,

    /// <summary><c>&lt;=</c></summary>
    LessOrEqual,

    /// <summary><c>&gt;</c></summary>
    Greater,

    /// <summary><c>&gt;=</c></summary>
    GreaterOrEqual,
}

/// <summary>
/// What a filter says. The text form is the filter itself: it reads back as the same tree. A value is a
/// <see cref="long"/>, a <see cref="double"/>, a <see cref="string"/> or a <see cref="bool"/>.
/// </summary>
internal abstract record FilterNode
{
    /// <summary>The fields that it is about.</summary>
    public IEnumerable<FilterField> Fields =>
        this switch
        {
            And and => and.Terms.SelectMany(term => term.Fields),
            Or or => or.Terms.SelectMany(term => term.Fields),
            Not not => not.Term.Fields,
            Compare compare => [compare.Field],
            In list => [list.Field],
            Like like => [like.Field],
            Missing missing => [missing.Field],
            _ => [],
        };

    /// <summary>All of the terms, two or more.</summary>
    public sealed record And(IReadOnlyList<FilterNode> Terms) : FilterNode
    {
        /// <inheritdoc/>
        public override string ToString() =>
            string.Join(" and ", Terms.Select(term => Grouped(term, term is And or Or)));
    }

    /// <summary>One of the terms, two or more.</summary>
    public sealed record Or(IReadOnlyList<FilterNode> Terms) : FilterNode
    {
        /// <inheritdoc/>
        public override string ToString() =>
            string.Join(" or ", Terms.Select(term => Grouped(term, term is Or)));
    }

    /// <summary>Not the term.</summary>
    public sealed record Not(FilterNode Term) : FilterNode
    {
        /// <inheritdoc/>
        public override string ToString() => "not " + Grouped(Term, Term is And or Or);
    }

    /// <summary>A field compared with a value.</summary>
    public sealed record Compare(FilterField Field, FilterOperator Operator, object Value) : FilterNode
    {
        /// <inheritdoc/>
        public override string ToString() => $"{Field} {Symbol(Operator)} {Literal(Value)}";
    }

    /// <summary>A field that is one of some values, or none of them.</summary>
    public sealed record In(FilterField Field, bool Negated, IReadOnlyList<object> Values) : FilterNode
    {
        /// <inheritdoc/>
        public override string ToString() =>
            $"{Field}{(Negated ? " not" : "")} in ({string.Join(", ", Values.Select(Literal))})";
    }

    /// <summary>A field that matches a pattern with wildcards, or does not.</summary>
    public sealed record Like(FilterField Field, bool Negated, string Pattern) : FilterNode
    {
        /// <inheritdoc/>
        public override string ToString() => $"{Field}{(Negated ? " not" : "")} like {Literal(Pattern)}";
    }

    /// <summary>A field that the alpha does not have, or has.</summary>
    public sealed record Missing(FilterField Field, bool Negated) : FilterNode
    {
        /// <inheritdoc/>
        public override string ToString() => $"{Field} is{(Negated ? " not" : "")} missing";
    }

    /// <summary>The operator as it is written.</summary>
    internal static string Symbol(FilterOperator comparison) =>
        comparison switch
        {
            FilterOperator.Equal => "=",
            FilterOperator.NotEqual => "!=",
            FilterOperator.Less => "<",
            FilterOperator.LessOrEqual => "<=",
            FilterOperator.Greater => ">",
            _ => ">=",
        };

    /// <summary>A value as it is written.</summary>
    internal static string Literal(object value) =>
        value switch
        {
            string text => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'",
            bool flag => flag ? "true" : "false",
            double.PositiveInfinity => FilterTokens.Infinity,
            double.NegativeInfinity => "-" + FilterTokens.Infinity,
            double number => ParameterJson.Text(number),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };

    private static string Grouped(FilterNode term, bool group) => group ? $"({term})" : term.ToString();
}
