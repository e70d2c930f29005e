// Shows what needs a script, and says so where a device gave no passkey.
for (const element of document.querySelectorAll("[data-passkey]")) element.hidden = false;
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const message = document.getElementById("passkey_failed");
  message.hidden = false;
  message.focus();
});
