using System.Globalization;
using System.Text;

namespace RetainActors.Benchmarks;

/// <summary>What something costs as there is more of it.</summary>
/// <param name="Name">Of what.</param>
/// <param name="Points">How much there is, and what one of it costs then; both above 0.</param>
internal sealed record Curve(string Name, IReadOnlyList<(double Size, double Cost)> Points)
{
    /// <summary>The exponent k of the power law cost = c * size^k that fits best: 0 is flat, 1 grows as the size does.</summary>
    public double Slope
    {
        get
        {
            var logs = Points.Select(point => (X: Math.Log(point.Size), Y: Math.Log(point.Cost))).ToList();
            var (x, y) = (logs.Average(log => log.X), logs.Average(log => log.Y));
            return logs.Sum(log => (log.X - x) * (log.Y - y)) / logs.Sum(log => (log.X - x) * (log.X - x));
        }
    }
}

/// <summary>Curves on logarithmic axes, as SVG.</summary>
internal static class CurveChart
{
    private const int Width = 720;
    private const int Height = 360;
    private const int Left = 70;
    private const int Right = 230;
    private const int Margin = 40;

    private static readonly string[] Colours = ["#0b6e4f", "#c1440e", "#2f5d8a", "#8a6d1d", "#7a3e8e", "#555555"];

    /// <summary>Writes a file.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="title">What is shown, with its unit.</param>
    /// <param name="sizes">What the horizontal axis counts.</param>
    /// <param name="curves">The curves.</param>
    public static void Write(string path, string title, string sizes, IReadOnlyList<Curve> curves)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.WriteAllText(path, Render(title, sizes, curves));
    }

    private static string Render(string title, string sizes, IReadOnlyList<Curve> curves)
    {
        var all = curves.SelectMany(curve => curve.Points).ToList();
        var (x, y) = (Axis.Of(all.Select(point => point.Size), Left, Width - Right), Axis.Of(all.Select(point => point.Cost), Height - Margin, Margin));
        var svg = new StringBuilder();
        Line($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"12\">");
        Line($"<rect width=\"{Width}\" height=\"{Height}\" fill=\"white\"/><text x=\"{Left}\" y=\"20\" font-size=\"14\">{title}</text>");
        foreach (var tick in x.Ticks) Line($"<path d=\"M{x.At(tick):F1} {Margin}V{Height - Margin}\" stroke=\"#ddd\"/><text x=\"{x.At(tick):F1}\" y=\"{Height - Margin + 16}\" text-anchor=\"middle\">{tick:N0}</text>");
        foreach (var tick in y.Ticks) Line($"<path d=\"M{Left} {y.At(tick):F1}H{Width - Right}\" stroke=\"#ddd\"/><text x=\"{Left - 6}\" y=\"{y.At(tick) + 4:F1}\" text-anchor=\"end\">{tick:#,0.##}</text>");
        Line($"<text x=\"{Left}\" y=\"{Height - 6}\">{sizes}</text>");
        foreach (var (index, curve) in curves.Index()) Draw(curve, Colours[index % Colours.Length], Margin + 12 + (index * 18));
        Line($"</svg>");
        return svg.ToString();

        void Draw(Curve curve, string colour, int legend)
        {
            var points = string.Join(' ', curve.Points.Select(point => Text($"{x.At(point.Size):F1},{y.At(point.Cost):F1}")));
            Line($"<polyline points=\"{points}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>");
            Line($"<text x=\"{Width - Right + 12}\" y=\"{legend}\" fill=\"{colour}\">{curve.Name}: {curve.Slope:F2}</text>");
        }

        void Line(FormattableString text) => svg.Append(Text(text)).Append('\n');
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>A logarithmic axis from one power of ten to another.</summary>
    private sealed record Axis(int First, int Last, double From, double To)
    {
        public IEnumerable<double> Ticks => Enumerable.Range(First, Last - First + 1).Select(power => Math.Pow(10, power));

        public static Axis Of(IEnumerable<double> values, double from, double to)
        {
            var powers = values.Select(Math.Log10).ToList();
            var first = (int)Math.Floor(powers.Min());
            return new Axis(first, Math.Max(first + 1, (int)Math.Ceiling(powers.Max())), from, to);
        }

        public double At(double value) => From + ((Math.Log10(value) - First) / (Last - First) * (To - From));
    }
}
