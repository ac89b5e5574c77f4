System.Console.WriteLine(typeof(System.Management.Automation.PowerShell).Assembly.FullName);
