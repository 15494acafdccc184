using System.Text;
using RetainActors.Cli;

// UTF-8 and line feeds whatever the locale says: other programs read this.
using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true, NewLine = "\n" };
return await CommandLine.RunAsync(args, output, Console.Error);
