#include "keys/smime/cms_write.h"

void
cms_add_oid(struct buf *b, int nid)
{
	const ASN1_OBJECT *o = OBJ_nid2obj(nid);

	der_add(b, DER_ID_OID,
	    (struct span){OBJ_get0_data(o), (size_t)OBJ_length(o)});
}

void
cms_add_algorithm(struct buf *b, int nid, bool null)
{
	size_t place = der_begin(b, DER_ID_SEQUENCE);

	cms_add_oid(b, nid);
	if (null)
		der_add(b, DER_ID_NULL, (struct span){NULL, 0});
	der_end(b, place);
}

void
cms_info_begin(struct buf *b, int type, unsigned version, struct cms_info *out)
{
	out->info = der_begin(b, DER_ID_SEQUENCE);
	cms_add_oid(b, type);
	out->content = der_begin(b, DER_ID_CONTEXT_OF | 0);
	out->object = der_begin(b, DER_ID_SEQUENCE);
	der_add_small(b, version);
}

void
cms_info_end(struct buf *b, const struct cms_info *info)
{
	der_end(b, info->object);
	der_end(b, info->content);
	der_end(b, info->info);
}
