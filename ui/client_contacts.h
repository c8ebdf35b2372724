/*
 * The client's contacts and their file.
 */
#ifndef SIGNET_UI_CLIENT_CONTACTS_H
#define SIGNET_UI_CLIENT_CONTACTS_H

#include "ui/client_priv.h"

/* Reads the file `people` of the key store. Where there is none, everybody
 * whose certificate is in the key store becomes a contact. Errors are those of
 * contacts_open. */
int client_contacts_open(struct client *c, struct err *e);
/* Writes the file a second from now, so that changes in a row are written
 * once. */
void client_contacts_changed(struct client *c);
/* Looks for the pins of all contacts again, if pins or contacts have changed. */
void client_contacts_pins(struct client *c);
/* The user has compared the certificates of a person, shown as keystore_shown
 * gave them, with what that person has, and they are the same: keeps that they
 * are verified. Who is no contact becomes one, with uri; *out gets the contact.
 * EX_TEMPFAIL where other certificates are stored by now, and the errors of
 * keystore_shown. */
int client_verified(struct client *c, const char *uri, const char *shown,
    struct contact **out, struct err *e);
/* Writes the file now if there are changes. A failure is a loud notice. */
void client_contacts_save(struct client *c);

#endif
