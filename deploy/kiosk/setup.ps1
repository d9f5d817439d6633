# Makes a Windows machine the box behind a screen; run as administrator. See README.md.
param(
    [Parameter(Mandatory = $true)][ValidatePattern('^https?://[^/\s"'']+/screen[^\s"'']*$')][string]$Address,
    [string]$User = 'kiosk'
)
$ErrorActionPreference = 'Stop'

# The policy that Chromium has, under the same names, for Edge.
$policy = Get-Content -Raw -Encoding UTF8 (Join-Path $PSScriptRoot 'paomadeng.json') | ConvertFrom-Json
$origin = [regex]::Match($Address, '^https?://[^/]+').Value
$key = 'HKLM:\SOFTWARE\Policies\Microsoft\Edge'
New-Item -Path "$key\OverrideSecurityRestrictionsOnInsecureOrigin" -Force | Out-Null
Set-ItemProperty -Path "$key\OverrideSecurityRestrictionsOnInsecureOrigin" -Name '1' -Value $origin
foreach ($name in 'AutoplayAllowed', 'BackgroundModeEnabled', 'BrowserSignin', 'SyncDisabled', 'TranslateEnabled') {
    Set-ItemProperty -Path $key -Name $name -Type DWord -Value ([int]$policy.$name)
}

powercfg /change standby-timeout-ac 0
powercfg /change monitor-timeout-ac 0

# Edge in a loop: whoever closes it, it comes back.
$edge = "${env:ProgramFiles(x86)}\Microsoft\Edge\Application\msedge.exe"
$loop = "while (`$true) { Start-Process -Wait -FilePath '$edge' -ArgumentList '--kiosk', '$Address', " +
    "'--edge-kiosk-type=fullscreen', '--no-first-run', '--force-device-scale-factor=1'; Start-Sleep -Seconds 2 }"
$encoded = [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes($loop))
$action = New-ScheduledTaskAction -Execute 'powershell.exe' `
    -Argument "-NoProfile -WindowStyle Hidden -EncodedCommand $encoded"
$trigger = New-ScheduledTaskTrigger -AtLogOn -User $User
$settings = New-ScheduledTaskSettingsSet -ExecutionTimeLimit 0 -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries
Register-ScheduledTask -TaskName 'Paomadeng player' -Action $action -Trigger $trigger -Settings $settings -User $User -Force |
    Out-Null
Write-Output "Edge opens $origin when $User signs in."
