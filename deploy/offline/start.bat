@echo off
rem Starts Paomadeng from this folder; the first time it installs what it needs from wheels\, without any network.
chcp 65001 >nul
cd /d "%~dp0"
for %%v in (3.13 3.12 3.11) do (
    py -%%v -c "" >nul 2>&1
    if not errorlevel 1 (
        set "found=%%v"
        goto run
    )
)
echo 需要 Python 3.11 至 3.13，请先安装。 Python 3.11 to 3.13 is needed: install it first.
pause
exit /b 1

:run
py -%found% run.py --wheelhouse wheels %*
if errorlevel 1 pause
